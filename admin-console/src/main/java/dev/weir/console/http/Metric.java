package dev.weir.console.http;

import dev.weir.console.port.HistogramSnapshot;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/// One metric family and how its samples follow from readings.
sealed interface Metric {

    /// The name as scraped, `_total` of counters included.
    String name();

    /// One line on what it measures.
    String help();

    /// The names of its labels.
    List<String> labels();

    /// Something that only grows.
    record Count(String name, String help, List<String> labels, Function<Readings, Stream<Sample>> samples)
            implements Metric {}

    /// Something that is as it is.
    record Level(String name, String help, List<String> labels, Function<Readings, Stream<Sample>> samples)
            implements Metric {}

    /// How often something took how long.
    record Times(String name, String help, List<String> labels, Function<Readings, Stream<TimeSample>> samples)
            implements Metric {}

    /// A number.
    ///
    /// @param labelValues in the order of the label names
    /// @param value the number, in base units
    record Sample(List<String> labelValues, double value) {}

    /// A histogram.
    ///
    /// @param labelValues in the order of the label names
    /// @param histogram the durations
    record TimeSample(List<String> labelValues, HistogramSnapshot histogram) {}
}
