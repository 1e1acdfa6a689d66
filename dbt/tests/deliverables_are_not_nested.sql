-- An epic and its stories that are both deliverables would count the same work, and its cost, twice.
{{ config(meta={"dagster": {"ref": {"name": "fct_deliverables"}}}) }}

select ancestors.work_item_id, ancestors.ancestor_id
from {{ ref("int_work_item_ancestors") }} as ancestors
inner join {{ ref("fct_deliverables") }} as beneath on ancestors.work_item_id = beneath.work_item_id
inner join {{ ref("fct_deliverables") }} as above on ancestors.ancestor_id = above.work_item_id
where ancestors.distance > 0
