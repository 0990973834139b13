package dev.weir.console.api;

import dev.weir.console.json.JsonShape;
import java.util.List;

/// Something that `/api/…` answers. Thread-safe.
public interface Resource {

    /// Where it is, such as `/api/pools`.
    String path();

    /// What it tells, in a sentence.
    String summary();

    /// What may be asked for.
    List<Parameter> parameters();

    /// What the answer looks like.
    JsonShape<?> shape();

    /// The answer as of now; blocks until the pooler has told.
    ///
    /// @throws BadParameter if it was not asked for as it can be
    /// @throws java.util.concurrent.CompletionException if the pooler does not answer
    byte[] answer(Query query);
}
