-- one row: the portfolio's settings and the as-of moment
select * from stage.landing.settings
