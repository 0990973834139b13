<?php
// PDO with real prepared statements, as PHP's frameworks use it. PHP has no threads: the workers are processes.
declare(strict_types=1);
error_reporting(E_ALL & ~E_DEPRECATED);

$url = parse_url(getenv('DATABASE_URL'));
$mark = getenv('DRIVER_MARK') ?: 'd' . getmypid();
const WORKERS = 4;
const ROUNDS = 25;

function connect(array $options = []): PDO
{
    global $url;
    $dsn = sprintf('pgsql:host=%s;port=%d;dbname=%s', $url['host'], $url['port'], ltrim($url['path'], '/'));
    return new PDO($dsn, $url['user'], $url['pass'], $options + [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
}

function settings(int $worker): array
{
    global $mark;
    return [
        'statement_timeout' => (40001 + $worker) . 'ms',
        'search_path' => "{$mark}_s$worker, public",
        'app.tenant' => "$mark tenant $worker",
    ];
}

function equal(mixed $found, mixed $expected): void
{
    if ($found !== $expected) {
        throw new RuntimeException(json_encode($found) . ' is not ' . json_encode($expected));
    }
}

function fails(string $state, callable $body): void
{
    try {
        $body();
    } catch (PDOException $e) {
        if ($e->getCode() === $state) {
            return;
        }
        throw $e;
    }
    throw new RuntimeException("no error $state");
}

function value(PDO $pdo, string $sql, array $parameters = []): mixed
{
    $statement = $pdo->prepare($sql);
    $statement->execute($parameters);
    return $statement->fetchColumn();
}

function check(string $name, callable $body): void
{
    try {
        $body();
        echo "ok $name\n";
    } catch (Throwable $e) {
        echo "not ok $name: ", substr(preg_replace('/\s+/', ' ', $e->getMessage()), 0, 300), "\n";
    }
}

/** Runs this program once more for each worker. */
function concurrently(string $work): void
{
    global $mark;
    $processes = [];
    foreach (range(0, WORKERS - 1) as $worker) {
        $command = [PHP_BINARY, __FILE__, $work, (string) $worker];
        $processes[] = [proc_open($command, [1 => ['pipe', 'w'], 2 => STDERR], $pipes, null, ['DRIVER_MARK' => $mark] + getenv()), $pipes[1]];
    }
    $said = [];
    foreach ($processes as [$process, $output]) {
        $said[] = trim(stream_get_contents($output));
        proc_close($process);
    }
    foreach ($said as $text) {
        if ($text !== 'good') {
            throw new RuntimeException($text ?: 'a worker ended early');
        }
    }
}

$table = "{$mark}_items";
$works = [
    'queries' => function (int $worker) use ($mark) {
        $pdo = connect();
        $sum = $pdo->prepare('SELECT ?::int + ?::int');
        foreach (range(1, ROUNDS) as $i) {
            equal(value($pdo, 'SELECT ?::text', ["$mark $worker"]), "$mark $worker");
            $sum->execute([$worker, $i]);
            equal($sum->fetchColumn(), $worker + $i);
        }
    },
    'transactions' => function (int $worker) use ($table) {
        $pdo = connect();
        $insert = $pdo->prepare("INSERT INTO $table VALUES (:worker, :n)");
        foreach (range(1, ROUNDS) as $i) {
            $pdo->beginTransaction();
            $insert->execute(['worker' => $worker, 'n' => $i]);
            $pdo->exec('SAVEPOINT before');
            fails('23505', fn() => $insert->execute(['worker' => $worker, 'n' => $i]));
            $pdo->exec('ROLLBACK TO SAVEPOINT before');
            $pdo->commit();
            $pdo->beginTransaction();
            $pdo->prepare("DELETE FROM $table WHERE worker = ?")->execute([$worker]);
            $pdo->rollBack();
        }
        equal(value($pdo, "SELECT count(*) FROM $table WHERE worker = ?", [$worker]), ROUNDS);
    },
    'settings' => function (int $worker) {
        $pdo = connect();
        foreach (settings($worker) as $name => $value) {
            value($pdo, 'SELECT set_config(?, ?, false)', [$name, $value]);
        }
        foreach (range(1, ROUNDS) as $i) {
            foreach (settings($worker) as $name => $value) {
                equal(value($pdo, 'SELECT current_setting(?)', [$name]), $value);
            }
        }
    },
    'emulated' => function (int $worker) use ($mark) {
        $pdo = connect([PDO::ATTR_EMULATE_PREPARES => true]);
        foreach (range(1, ROUNDS) as $i) {
            equal(value($pdo, 'SELECT ?', ["$mark $worker"]), "$mark $worker");
        }
    },
    'persistent' => function (int $worker) {
        foreach (range(1, 5) as $i) {
            $pdo = connect([PDO::ATTR_PERSISTENT => true]);
            equal(value($pdo, 'SELECT ?::int', [$i]), $i);
            $pdo = null;
        }
    },
];

if ($argc === 3) {
    try {
        $works[$argv[1]]((int) $argv[2]);
        echo 'good';
    } catch (Throwable $e) {
        echo $e->getMessage();
    }
    exit;
}

echo 'client php-pdo ', PHP_VERSION, "\n";
connect()->exec("CREATE TABLE $table (worker int, n int, PRIMARY KEY (worker, n))");
foreach (array_keys($works) as $work) {
    check($work, fn() => concurrently($work));
}
check('errors', function () {
    $pdo = connect();
    foreach (range(1, 8) as $i) {
        fails('22012', fn() => value($pdo, 'SELECT 6 / ?::int', [0]));
        equal(value($pdo, 'SELECT 6 / ?::int', [2]), 3);
        fails('42703', fn() => value($pdo, 'SELECT nothing_of_the_sort'));
    }
});
check('copy', function () use ($table) {
    $pdo = connect();
    $pdo->pgsqlCopyFromArray($table, array_map(fn($i) => "900\t$i", range(1, 1000)));
    equal(count($pdo->pgsqlCopyToArray($table)) >= 1000, true);
});
check('listen', function () use ($mark) {
    $pdo = connect();
    $pdo->exec("LISTEN {$mark}_news");
    $speaker = connect();
    foreach (range(1, 5) as $i) {
        $speaker->exec("NOTIFY {$mark}_news, 'news $i'");
    }
    $heard = [];
    while (count($heard) < 5 && ($n = $pdo->pgsqlGetNotify(PDO::FETCH_ASSOC, 5000))) {
        $heard[] = $n['payload'];
    }
    equal($heard, ['news 1', 'news 2', 'news 3', 'news 4', 'news 5']);
});
check('scrolling cursor', function () {
    $pdo = connect();
    $pdo->beginTransaction();
    $cursor = $pdo->prepare('SELECT generate_series(1, 10)', [PDO::ATTR_CURSOR => PDO::CURSOR_SCROLL]);
    $cursor->execute();
    equal($cursor->fetch(PDO::FETCH_NUM, PDO::FETCH_ORI_LAST)[0], 10);
    equal($cursor->fetch(PDO::FETCH_NUM, PDO::FETCH_ORI_PRIOR)[0], 9);
    $cursor = null;
    $pdo->commit();
});
check('large object', function () {
    $pdo = connect();
    $pdo->beginTransaction();
    $oid = $pdo->pgsqlLOBCreate();
    $stream = $pdo->pgsqlLOBOpen($oid, 'w');
    fwrite($stream, str_repeat('x', 100000));
    $stream = null;
    $pdo->commit();
    $pdo->beginTransaction();
    equal(strlen(stream_get_contents($pdo->pgsqlLOBOpen($oid, 'r'))), 100000);
    $pdo->pgsqlLOBUnlink($oid);
    $pdo->commit();
});
check('functions of pgsql', function () use ($mark) {
    global $url;
    $connection = pg_connect(getenv('DATABASE_URL'));
    pg_prepare($connection, "by_$mark", 'SELECT $1::int * 2');
    foreach (range(1, ROUNDS) as $i) {
        equal(pg_fetch_result(pg_execute($connection, "by_$mark", [$i]), 0, 0), (string) (2 * $i));
        equal(pg_fetch_result(pg_query_params($connection, 'SELECT $1::text', [$mark]), 0, 0), $mark);
    }
    pg_close($connection);
});
