package dev.weir.console.show;

import dev.weir.console.port.SettingSnapshot;
import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import dev.weir.console.table.TableShape;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// `SHOW CONFIG`.
final class ShowConfig implements Topic {

    private static final TableShape<SettingSnapshot> SHAPE = TableShape.<SettingSnapshot>empty()
            .text("key", "the setting's name", SettingSnapshot::key)
            .text("value", "its value", SettingSnapshot::value)
            .text("default", "its default", SettingSnapshot::defaultValue)
            .text("changeable", "yes when SET and RELOAD can change it", s -> Rows.yesNo(s.changeable()));

    @Override
    public String name() {
        return "CONFIG";
    }

    @Override
    public String meaning() {
        return "All settings, by name.";
    }

    @Override
    public List<Column> columns() {
        return SHAPE.columns();
    }

    @Override
    public CompletionStage<Table> read(ShowSource source) {
        return source.view()
                .settings()
                .thenApply(settings -> SHAPE.table(Rows.sorted(settings, Comparator.comparing(SettingSnapshot::key))));
    }
}
