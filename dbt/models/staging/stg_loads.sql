select * from {{ source("landing", "loads") }}
