#!/usr/bin/perl
# DBD::Pg with its default: prepared on the server from the second execution on. The workers are processes.
use strict;
use warnings;
use DBI;
use DBD::Pg qw(:async);
use Time::HiRes qw(sleep);

$| = 1;
my ($user, $password, $host, $port, $database) =
    $ENV{DATABASE_URL} =~ m{^\w+://([^:]+):([^@]+)@([^:/]+):(\d+)/(\w+)} or die "DATABASE_URL\n";
my $mark = $ENV{DRIVER_MARK} // "d$$";
my ($workers, $rounds) = (4, 25);
my $table = "${mark}_items";

sub connected {
    return DBI->connect("dbi:Pg:dbname=$database;host=$host;port=$port", $user, $password,
        { RaiseError => 1, PrintError => 0, PrintWarn => 0, AutoCommit => 1, @_ });
}

sub equal {
    my ($found, $expected) = @_;
    die "$found is not $expected\n" unless $found eq $expected;
}

sub fails {
    my ($state, $body, $dbh) = @_;
    die "no error $state\n" if eval { $body->(); 1 };
    equal($dbh->state, $state);
}

sub check {
    my ($name, $body) = @_;
    local $SIG{ALRM} = sub { die "not ended after 50 s\n" };
    alarm 50;
    if (eval { $body->(); 1 }) {
        print "ok $name\n";
    } else {
        my $why = $@;
        $why =~ s/\s+/ /g;
        print "not ok $name: ", substr($why, 0, 300), "\n";
    }
    alarm 0;
}

sub concurrently {
    my ($work) = @_;
    my @pipes;
    for my $worker (0 .. $workers - 1) {
        my $pid = open(my $pipe, '-|') // die "fork: $!\n";
        if ($pid == 0) {
            print eval { $work->($worker); 1 } ? 'good' : $@;
            close STDOUT;
            require POSIX;
            POSIX::_exit(0);
        }
        push @pipes, $pipe;
    }
    my @said = map { local $/; my $text = readline $_; close $_; $text // 'a worker ended early' } @pipes;
    for (@said) { die "$_\n" if $_ ne 'good' }
}

sub settings {
    my ($worker) = @_;
    return (
        statement_timeout => (40001 + $worker) . 'ms',
        search_path => "${mark}_s$worker, public",
        'app.tenant' => "$mark tenant $worker",
    );
}

print "client DBD::Pg $DBD::Pg::VERSION\n";
connected()->do("CREATE TABLE $table (worker int, n int, PRIMARY KEY (worker, n))");

check 'queries' => sub {
    concurrently(sub {
        my ($worker) = @_;
        my $dbh = connected();
        my $sum = $dbh->prepare('SELECT ?::int + ?::int');
        for my $i (1 .. $rounds) {
            $sum->execute($worker, $i);
            equal($sum->fetchrow_array, $worker + $i);
            equal($dbh->selectrow_array('SELECT ?::text', undef, "$mark $worker"), "$mark $worker");
        }
        $dbh->disconnect;
    });
};

check 'transactions' => sub {
    concurrently(sub {
        my ($worker) = @_;
        my $dbh = connected();
        my $insert = $dbh->prepare("INSERT INTO $table VALUES (?, ?)");
        for my $i (1 .. $rounds) {
            $dbh->begin_work;
            $insert->execute($worker, $i);
            $dbh->pg_savepoint('before');
            fails('23505', sub { $insert->execute($worker, $i) }, $dbh);
            $dbh->pg_rollback_to('before');
            $dbh->commit;
            $dbh->begin_work;
            $dbh->do("DELETE FROM $table WHERE worker = ?", undef, $worker);
            $dbh->rollback;
        }
        equal($dbh->selectrow_array("SELECT count(*) FROM $table WHERE worker = ?", undef, $worker), $rounds);
        $dbh->disconnect;
    });
};

check 'errors' => sub {
    my $dbh = connected();
    my $divide = $dbh->prepare('SELECT 6 / ?::int');
    for (1 .. 8) {
        fails('22012', sub { $divide->execute(0) }, $dbh);
        $divide->execute(2);
        equal($divide->fetchrow_array, 3);
        $divide->finish;
    }
    $dbh->disconnect;
};

check 'copy' => sub {
    my $dbh = connected();
    $dbh->do("COPY $table FROM STDIN");
    $dbh->pg_putcopydata("900\t$_\n") for 1 .. 1000;
    $dbh->pg_putcopyend;
    $dbh->do("COPY (SELECT * FROM $table WHERE worker = 900) TO STDOUT");
    my ($rows, $line) = (0);
    $rows++ while $dbh->pg_getcopydata($line) >= 0;
    equal($rows, 1000);
    $dbh->disconnect;
};

check 'settings' => sub {
    concurrently(sub {
        my ($worker) = @_;
        my $dbh = connected();
        my %wanted = settings($worker);
        $dbh->selectrow_array('SELECT set_config(?, ?, false)', undef, $_, $wanted{$_}) for keys %wanted;
        for my $i (1 .. $rounds) {
            equal($dbh->selectrow_array('SELECT current_setting(?)', undef, $_), $wanted{$_}) for keys %wanted;
        }
        $dbh->disconnect;
    });
};

check 'listen' => sub {
    my ($listener, $speaker) = (connected(), connected());
    $listener->do("LISTEN ${mark}_news");
    $speaker->do("NOTIFY ${mark}_news, 'news $_'") for 1 .. 5;
    my @heard;
    for (1 .. 100) {
        while (my $notify = $listener->pg_notifies) { push @heard, $notify->[2] }
        last if @heard >= 5;
        sleep 0.05;
    }
    equal("@heard", 'news 1 news 2 news 3 news 4 news 5');
    $_->disconnect for $listener, $speaker;
};

check 'asynchronous and cancel' => sub {
    my $dbh = connected();
    $dbh->do('SELECT pg_sleep(20)', { pg_async => PG_ASYNC });
    sleep 0.3;
    $dbh->pg_cancel;
    $dbh->do('SELECT 5', { pg_async => PG_ASYNC });
    $dbh->pg_result;
    equal($dbh->selectrow_array('SELECT 1'), 1);
    $dbh->disconnect;
};

check 'ping and metadata' => sub {
    my $dbh = connected();
    equal($dbh->ping > 0 ? 'yes' : 'no', 'yes');
    my @columns = map { $_->{COLUMN_NAME} } @{ $dbh->column_info(undef, undef, $table, undef)->fetchall_arrayref({}) };
    equal("@columns", 'worker n');
    $dbh->disconnect;
};
