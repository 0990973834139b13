# frozen_string_literal: true

require_relative 'kit'
require 'pg'

TABLE = "#{MARK}_items"
OPEN = Queue.new
AFTER_CHECK << -> { OPEN.pop.close until OPEN.empty? }

# Closed after the check, if not before.
def connect
  connection = PG.connect(URL)
  connection.set_notice_processor { |_| nil }
  OPEN << connection
  connection
end

class PG::Connection
  alias close_once close

  def close
    close_once unless finished?
  end

  def value(sql, *parameters)
    exec_params(sql, parameters).getvalue(0, 0)
  end
end

begin_client 'ruby-pg', PG::VERSION
setup = connect
setup.exec("CREATE TABLE #{TABLE} (worker int, n int, note text, PRIMARY KEY (worker, n))")

check 'queries' do
  concurrently do |worker|
    connection = connect
    connection.prepare('sum', 'SELECT $1::int + $2::int')
    ROUNDS.times do |i|
      equal connection.value('SELECT $1::text || $2::int', MARK, worker), "#{MARK}#{worker}"
      equal connection.exec_prepared('sum', [worker, i]).getvalue(0, 0), (worker + i).to_s
    end
    equal connection.describe_prepared('sum').nparams, 2
    connection.exec('DEALLOCATE sum')
    fails(PG::InvalidSqlStatementName) { connection.exec_prepared('sum', [1, 2]) }
  end
end

check 'unnamed in two steps' do
  concurrently do |worker|
    connection = connect
    ROUNDS.times do |i|
      connection.prepare('', "SELECT #{worker} * $1::int")
      equal connection.exec_prepared('', [i]).getvalue(0, 0), (worker * i).to_s
    end
  end
end

check 'transactions' do
  concurrently do |worker|
    connection = connect
    ROUNDS.times do |i|
      connection.transaction do |tx|
        tx.exec_params("INSERT INTO #{TABLE} VALUES ($1, $2, 'kept')", [worker, i])
        tx.exec('SAVEPOINT before')
        fails(PG::UniqueViolation) { tx.exec_params("INSERT INTO #{TABLE} VALUES ($1, $2, 'twice')", [worker, i]) }
        tx.exec('ROLLBACK TO SAVEPOINT before')
      end
      fails(KeyError) do
        connection.transaction do |tx|
          tx.exec_params("DELETE FROM #{TABLE} WHERE worker = $1", [worker])
          raise KeyError
        end
      end
    end
    equal connection.value("SELECT count(*) FROM #{TABLE} WHERE worker = $1", worker), ROUNDS.to_s
  end
end

check 'errors' do
  connection = connect
  8.times do
    fails(PG::DivisionByZero) { connection.value('SELECT 6 / $1::int', 0) }
    equal connection.value('SELECT 6 / $1::int', 2), '3'
  end
end

check 'pipeline' do
  connection = connect
  connection.enter_pipeline_mode
  20.times { |i| connection.send_query_params('SELECT $1::int', [i]) }
  connection.pipeline_sync
  found = []
  loop do
    result = connection.get_result
    next if result.nil?
    break if result.result_status == PG::PGRES_PIPELINE_SYNC

    found << result.getvalue(0, 0).to_i
  end
  connection.exit_pipeline_mode
  equal found, (0...20).to_a
end

check 'copy' do
  connection = connect
  connection.copy_data("COPY #{TABLE} FROM STDIN") do
    1000.times { |i| connection.put_copy_data("900\t#{i}\trow\n") }
  end
  rows = 0
  connection.copy_data("COPY (SELECT * FROM #{TABLE} WHERE worker = 900) TO STDOUT") do
    rows += 1 while connection.get_copy_data
  end
  equal rows, 1000
end

check 'settings' do
  concurrently do |worker|
    connection = connect
    settings(worker).each { |name, value| connection.value('SELECT set_config($1, $2, false)', name, value) }
    ROUNDS.times do
      settings(worker).each { |name, value| equal connection.value('SELECT current_setting($1)', name), value, name }
    end
  end
end

check 'listen' do
  listener = connect
  speaker = connect
  listener.exec("LISTEN #{MARK}_news")
  10.times { |i| speaker.exec_params('SELECT pg_notify($1, $2)', ["#{MARK}_news", "news #{i}"]) }
  heard = []
  nil while heard.size < 10 && listener.wait_for_notify(5) { |_, _, payload| heard << payload }
  equal heard, Array.new(10) { |i| "news #{i}" }
end

check 'rows one by one' do
  connection = connect
  connection.send_query('SELECT generate_series(1, 500)')
  connection.set_single_row_mode
  count = connection.get_result.stream_each.count
  equal count, 500
end

check 'cancel' do
  connection = connect
  connection.send_query('SELECT pg_sleep(20)')
  sleep 0.3
  connection.cancel
  fails(PG::QueryCanceled) { connection.get_last_result }
  equal connection.value('SELECT 1'), '1'
  connection.reset
  equal connection.value('SELECT 2'), '2'
end
