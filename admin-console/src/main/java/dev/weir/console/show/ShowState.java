package dev.weir.console.show;

import dev.weir.console.port.PoolerState;
import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import dev.weir.console.table.TableShape;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// `SHOW STATE`.
final class ShowState implements Topic {

    private static final TableShape<Fact> SHAPE = TableShape.<Fact>empty()
            .text("key", "active, paused or suspended", Fact::key)
            .text("value", "yes or no", fact -> Rows.yesNo(fact.value()));

    @Override
    public String name() {
        return "STATE";
    }

    @Override
    public String meaning() {
        return "Whether the pooler serves, is paused or is suspended.";
    }

    @Override
    public List<Column> columns() {
        return SHAPE.columns();
    }

    @Override
    public CompletionStage<Table> read(ShowSource source) {
        return source.view().state().thenApply(state -> SHAPE.table(facts(state)));
    }

    private static List<Fact> facts(PoolerState state) {
        return List.of(
                new Fact("active", !state.paused() && !state.suspended()),
                new Fact("paused", state.paused()),
                new Fact("suspended", state.suspended()));
    }

    private record Fact(String key, boolean value) {}
}
