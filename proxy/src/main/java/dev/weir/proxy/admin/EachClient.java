package dev.weir.proxy.admin;

import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells many clients the same, so that a defect in one of them concerns nobody else.
final class EachClient {

    private static final Logger LOGGER = LoggerFactory.getLogger(EachClient.class);

    private EachClient() {}

    /// Tells all, also those behind one that throws. Who leaves meanwhile is told as well.
    static <T> void tell(Collection<T> all, Consumer<? super T> word) {
        for (T one : List.copyOf(all)) {
            try {
                word.accept(one);
            } catch (RuntimeException e) {
                LOGGER.error("{} could not be told", one, e);
            }
        }
    }
}
