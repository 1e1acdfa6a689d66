select * from {{ source("landing", "settings") }}
