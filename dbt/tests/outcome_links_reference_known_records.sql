-- A link whose key result, work item or initiative no source has given links nothing; often it is a typing error.
{{ config(severity="warn") }}

select
    links.link_id, links.work_item_id, links.initiative_id, links.key_result_id, links.source_file, links.source_record
from {{ ref("stg_outcome_links") }} as links
left join {{ ref("stg_key_results") }} as key_results on links.key_result_id = key_results.key_result_id
left join {{ ref("stg_work_items") }} as work_items on links.work_item_id = work_items.work_item_id
left join {{ ref("stg_initiatives") }} as initiatives on links.initiative_id = initiatives.initiative_id
where
    (links.key_result_id is not null and key_results.key_result_id is null)
    or (links.work_item_id is not null and work_items.work_item_id is null)
    or (links.initiative_id is not null and initiatives.initiative_id is null)
