# frozen_string_literal: true

# ActiveRecord with prepared statements (its default), and its migrations with their advisory lock.
require_relative 'kit'
require 'logger'
require 'active_record'
require 'tmpdir'

ActiveRecord::Base.establish_connection(url: URL, pool: 6, variables: { statement_timeout: 54_321 })
ActiveRecord::Base.schema_migrations_table_name = "#{MARK}_migrations"
ActiveRecord::Base.internal_metadata_table_name = "#{MARK}_metadata"

class Author < ActiveRecord::Base
  self.table_name = "#{MARK}_authors"
  has_many :books, -> { order(:title) }, dependent: :destroy
end

class Book < ActiveRecord::Base
  self.table_name = "#{MARK}_books"
  belongs_to :author
end

FIRST = <<~RUBY
  class MakeTables < ActiveRecord::Migration[6.1]
    def change
      create_table(:#{MARK}_authors) { |t| t.string :name, null: false, index: { unique: true } }
      create_table(:#{MARK}_books) do |t|
        t.string :title
        t.references :author, foreign_key: { to_table: :#{MARK}_authors }
      end
    end
  end
RUBY
SECOND = <<~RUBY
  class AddIndex < ActiveRecord::Migration[6.1]
    disable_ddl_transaction!

    def change
      add_index :#{MARK}_books, :title, algorithm: :concurrently
    end
  end
RUBY

def pooled(&block)
  ActiveRecord::Base.connection_pool.with_connection(&block)
end

begin_client 'activerecord', ActiveRecord.version
ActiveRecord::Migration.verbose = false
Dir.mktmpdir do |directory|
  File.write("#{directory}/001_make_tables.rb", FIRST)
  File.write("#{directory}/002_add_index.rb", SECOND)
  context = ActiveRecord::MigrationContext.new(directory, ActiveRecord::SchemaMigration)
  check 'migrate' do
    context.migrate
    equal context.current_version, 2
    context.migrate
  end

  check 'crud' do
    concurrently do |worker|
      pooled do
        10.times do |i|
          author = Author.create!(name: "#{worker} #{i}")
          %w[b a].each { |title| author.books.create!(title: title) }
          found = Author.includes(:books).find_by!(name: "#{worker} #{i}")
          equal found.books.map(&:title), %w[a b]
          found.books.first.update!(title: 'c')
          found.books.second.destroy!
          equal Book.where(author: author).count, 1
        end
      end
    end
  end

  check 'transactions' do
    concurrently do |worker|
      pooled do
        10.times do |i|
          name = "tx #{worker} #{i}"
          Author.transaction do
            Author.create!(name: name)
            fails(ActiveRecord::RecordNotUnique) { Author.transaction(requires_new: true) { Author.create!(name: name) } }
          end
          Author.transaction do
            Author.where(name: name).delete_all
            raise ActiveRecord::Rollback
          end
          equal Author.lock.find_by(name: name).name, name
        end
      end
    end
  end

  check 'batches' do
    Author.insert_all(Array.new(300) { |i| { name: format('many %03d', i) } })
    names = Author.where("name LIKE 'many %'").find_each(batch_size: 50).map(&:name)
    equal names.size, 300
  end

  check 'settings' do
    concurrently do |worker|
      pooled do |connection|
        # `variables` of the configuration are set once for each connection; the second is what applications do.
        connection.execute("SET app.tenant = '#{MARK} #{worker}'")
        ROUNDS.times do
          equal connection.select_value('SHOW statement_timeout'), '54321ms'
          equal connection.select_value('SHOW app.tenant'), "#{MARK} #{worker}"
        end
        connection.execute('RESET app.tenant')
      end
    end
  end

  check 'schema path' do
    pooled do |connection|
      connection.schema_search_path = "#{MARK}_tenant, public"
      ROUNDS.times { equal connection.select_value('SHOW search_path'), "#{MARK}_tenant, public" }
      connection.schema_search_path = '"$user", public'
    end
  end

  check 'advisory locks' do
    pooled do |connection|
      5.times do
        equal connection.get_advisory_lock(4_711), true
        equal connection.release_advisory_lock(4_711), true
      end
    end
  end

  check 'reset' do
    pooled do |connection|
      connection.reset!
      equal connection.select_value('SELECT 1'), 1
      connection.clear_cache!
      equal Author.find_by(name: '0 0').name, '0 0'
    end
  end

  check 'table changes under statements' do
    Author.first
    ActiveRecord::Base.connection.add_column("#{MARK}_authors", :born, :date)
    Author.reset_column_information
    equal Author.first.born, nil
  end

  check 'rollback' do
    context.rollback(2)
    equal context.current_version, 0
  end
end
