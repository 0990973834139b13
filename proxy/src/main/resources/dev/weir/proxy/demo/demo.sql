CREATE TABLE public.pgbench_branches (bid int PRIMARY KEY, bbalance int, filler char(88))
CREATE TABLE public.pgbench_tellers (tid int PRIMARY KEY, bid int, tbalance int, filler char(84))
CREATE TABLE public.pgbench_accounts (aid int PRIMARY KEY, bid int, abalance int, filler char(84))
CREATE TABLE public.pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22))
INSERT INTO public.pgbench_branches SELECT 1, 0
INSERT INTO public.pgbench_tellers SELECT tid, 1, 0 FROM generate_series(1, 10) AS tid
INSERT INTO public.pgbench_accounts SELECT aid, 1, 0, '' FROM generate_series(1, 100000) AS aid
ALTER TABLE public.pgbench_branches OWNER TO demo
ALTER TABLE public.pgbench_tellers OWNER TO demo
ALTER TABLE public.pgbench_accounts OWNER TO demo
ALTER TABLE public.pgbench_history OWNER TO demo
VACUUM (ANALYZE) public.pgbench_accounts
