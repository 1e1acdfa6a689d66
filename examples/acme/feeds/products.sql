select * from raw.products
