# frozen_string_literal: true

# What the Ruby programs share: the URL, a name of the program's own, and the lines that `run` reads.
require 'timeout'

$stdout.sync = true
URL = ENV.fetch('DATABASE_URL')
# Every table, channel and lock of a program carries its name: several run at the same time.
MARK = ENV.fetch('DRIVER_MARK', "d#{Process.pid}")
WORKERS = 4
ROUNDS = 25

# Unlike for every worker, and unlike any default.
def settings(worker)
  {
    'statement_timeout' => "#{40_001 + worker}ms",
    'search_path' => "#{MARK}_s#{worker}, public",
    'app.tenant' => "#{MARK} tenant #{worker}"
  }
end

def begin_client(name, version)
  puts "client #{name} #{version}"
end

AFTER_CHECK = []

# Runs one check and says how it went; a check that fails does not keep the next from running.
def check(name, &body)
  Timeout.timeout(50, &body)
  puts "ok #{name}"
rescue StandardError => e
  puts "not ok #{name}: #{e.class}: #{e.message.split.join(' ')[0, 300]}"
  warn e.full_message if ENV['DRIVER_TRACE']
ensure
  AFTER_CHECK.each(&:call)
end

def equal(found, expected, what = 'it')
  raise "#{what} is #{found.inspect}, not #{expected.inspect}" unless found == expected
end

def fails(error)
  begin
    yield
  rescue error
    return
  end
  raise "no #{error}"
end

def concurrently(workers = WORKERS, &work)
  threads = Array.new(workers) do |worker|
    Thread.new do
      Thread.current.report_on_exception = false
      work.call(worker)
    end
  end
  ends = threads.map do |thread|
    thread.join
    nil
  rescue StandardError => e
    e
  end
  raise ends.compact.first if ends.any?
end
