-- one row per kind of what brings a decision about: how many decisions it did
select trigger_kind, count(*) as decisions from decisions group by trigger_kind order by trigger_kind
