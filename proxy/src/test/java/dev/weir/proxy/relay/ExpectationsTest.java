package dev.weir.proxy.relay;

import static dev.weir.proxy.relay.Expectations.BIND;
import static dev.weir.proxy.relay.Expectations.CLOSE;
import static dev.weir.proxy.relay.Expectations.COPY_END;
import static dev.weir.proxy.relay.Expectations.DESCRIBE;
import static dev.weir.proxy.relay.Expectations.EXECUTE;
import static dev.weir.proxy.relay.Expectations.FORWARD;
import static dev.weir.proxy.relay.Expectations.FUNCTION_CALL;
import static dev.weir.proxy.relay.Expectations.INVENT;
import static dev.weir.proxy.relay.Expectations.PARSE;
import static dev.weir.proxy.relay.Expectations.QUERY;
import static dev.weir.proxy.relay.Expectations.SWALLOW;
import static dev.weir.proxy.relay.Expectations.SYNC;
import static dev.weir.proxy.relay.Expectations.UNEXPECTED;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ExpectationsTest {

    private final Expectations expectations = new Expectations();
    private final List<String> undone = new ArrayList<>();

    /** For each message sent: the answers behind which more come, and those that are its last. */
    @ParameterizedTest
    @CsvSource({
        "1, TDdcHGWCIsE, Z",
        "2, VE, Z",
        "3, '', 1",
        "4, '', 2",
        "5, t, Tn",
        "6, DdcHGW, CIs",
        "7, '', 3",
        "8, E, Z",
    })
    void eachMessageHasItsAnswersAndNoOthers(byte kind, String amongOthers, String last) {
        for (byte action : new byte[] {FORWARD, SWALLOW}) {
            for (int type = 0; type < 256; type++) {
                Expectations one = new Expectations();
                one.add(kind, action);
                if (type == 'E' && amongOthers.indexOf('E') < 0) {
                    continue; // an error of the extended protocol has tests of its own
                }
                boolean ends = last.indexOf(type) >= 0;
                boolean fits = ends || amongOthers.indexOf(type) >= 0;
                String as = "kind " + kind + " type " + (char) type;
                assertThat(one.onMessage((byte) type)).as(as).isEqualTo(fits ? action : UNEXPECTED);
                assertThat(one.isEmpty()).as(as).isEqualTo(ends);
                assertThat(one.isCopyIn()).as(as).isEqualTo(fits && (type == 'G' || type == 'W'));
            }
        }
    }

    @Test
    void aReadyForQueryIsOwedForWhatEndsABatch() {
        expectations.add(PARSE, INVENT);
        expectations.add(BIND, FORWARD);
        assertThat(expectations.owesReady()).isFalse();

        expectations.add(SYNC, FORWARD);
        expectations.add(PARSE, FORWARD);
        assertThat(expectations.owesReady()).isTrue();
    }

    @Test
    void nothingIsExpectedWhereNothingWasAsked() {
        for (int type = 0; type < 256; type++) {
            assertThat(expectations.onMessage((byte) type)).as("type " + type).isEqualTo(UNEXPECTED);
        }
        assertThat(expectations.headKind()).isZero();
        assertThat(expectations.headAction()).isEqualTo(UNEXPECTED);
        assertThat(expectations.takeInvention()).isZero();
    }

    @ParameterizedTest
    @ValueSource(bytes = {PARSE, BIND, DESCRIBE, EXECUTE, CLOSE})
    void anErrorSkipsToTheNextSync(byte kind) {
        expectations.add(kind, SWALLOW, () -> undone.add("failed"));
        expectations.add(EXECUTE, FORWARD, () -> undone.add("skipped"));
        expectations.add(QUERY, FORWARD);
        expectations.add(PARSE, INVENT, () -> undone.add("invented"));
        expectations.add(SYNC, FORWARD);
        expectations.add(PARSE, FORWARD, () -> undone.add("next batch"));

        assertThat(expectations.onMessage((byte) 'E'))
                .as("the client is told, though it was our message")
                .isEqualTo(FORWARD);

        assertThat(undone).containsExactly("invented", "skipped", "failed");
        assertThat(expectations.isSkipping()).isFalse();
        assertThat(expectations.onMessage((byte) 'Z')).isEqualTo(FORWARD);
        assertThat(expectations.onMessage((byte) '1')).isEqualTo(FORWARD);
        assertThat(expectations.isEmpty()).isTrue();
    }

    @Test
    void anErrorSkipsWhatIsStillToBeSent() {
        expectations.add(PARSE, FORWARD);
        expectations.onMessage((byte) 'E');
        assertThat(expectations.isSkipping()).isTrue();
        assertThat(expectations.needsSync()).isTrue();

        expectations.add(BIND, FORWARD, () -> undone.add("bind"));
        expectations.add(QUERY, FORWARD);

        assertThat(undone).containsExactly("bind");
        assertThat(expectations.isEmpty()).isTrue();

        expectations.add(SYNC, FORWARD);

        assertThat(expectations.isSkipping()).isFalse();
        assertThat(expectations.onMessage((byte) 'Z')).isEqualTo(FORWARD);
        assertThat(expectations.needsSync()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(bytes = {QUERY, FUNCTION_CALL, SYNC})
    void anErrorOfASelfContainedMessageLeavesItsReadyForQueryOwed(byte kind) {
        expectations.add(kind, SWALLOW);
        expectations.add(PARSE, FORWARD);

        assertThat(expectations.onMessage((byte) 'E')).isEqualTo(SWALLOW);
        assertThat(expectations.onMessage((byte) '1')).isEqualTo(UNEXPECTED);
        assertThat(expectations.onMessage((byte) 'Z')).isEqualTo(SWALLOW);
        assertThat(expectations.onMessage((byte) '1')).isEqualTo(FORWARD);
    }

    @Test
    void aSyncIsNeededBehindMessagesOfTheExtendedProtocolOnly() {
        for (byte kind : new byte[] {PARSE, BIND, DESCRIBE, EXECUTE, CLOSE}) {
            expectations.add(kind, FORWARD);
            assertThat(expectations.needsSync()).as("kind " + kind).isTrue();
        }
        for (byte kind : new byte[] {QUERY, SYNC, FUNCTION_CALL}) {
            expectations.add(PARSE, FORWARD);
            expectations.add(kind, FORWARD);
            assertThat(expectations.needsSync()).as("kind " + kind).isFalse();
        }
    }

    @Test
    void inventionsWaitForTheirTurn() {
        expectations.add(PARSE, INVENT);
        expectations.add(BIND, FORWARD);
        expectations.add(CLOSE, INVENT);

        assertThat(expectations.takeInvention()).isEqualTo(PARSE);
        assertThat(expectations.takeInvention()).isZero();
        assertThat(expectations.headAction()).isEqualTo(FORWARD);
        expectations.onMessage((byte) '2');
        assertThat(expectations.takeInvention()).isEqualTo(CLOSE);
        assertThat(expectations.isEmpty()).isTrue();
    }

    @Test
    void copyReadsTheSyncsSentIntoIt() {
        expectations.add(EXECUTE, FORWARD);
        expectations.add(SYNC, FORWARD);
        expectations.onMessage((byte) 'G');
        assertThat(expectations.isCopyIn()).isTrue();
        expectations.add(COPY_END, FORWARD);
        expectations.add(SYNC, FORWARD);

        assertThat(expectations.onMessage((byte) 'C')).isEqualTo(FORWARD);

        assertThat(expectations.isCopyIn()).isFalse();
        assertThat(expectations.size()).as("the Sync behind CopyDone").isEqualTo(1);
        assertThat(expectations.needsSync()).isFalse();
        assertThat(expectations.isAmbiguous()).isFalse();
    }

    @Test
    void aBatchWhoseSyncWasReadByCopyNeedsAnother() {
        expectations.add(EXECUTE, FORWARD);
        expectations.add(SYNC, FORWARD);
        expectations.onMessage((byte) 'G');
        expectations.add(COPY_END, FORWARD);

        expectations.onMessage((byte) 'C');

        assertThat(expectations.isEmpty()).isTrue();
        assertThat(expectations.needsSync())
                .as("PostgreSQL is in the middle of the batch")
                .isTrue();
    }

    @Test
    void aCopyThatNeverBeganLeavesItsSyncsToBeAnswered() {
        expectations.add(EXECUTE, FORWARD);
        expectations.add(SYNC, FORWARD);
        expectations.add(COPY_END, FORWARD);
        expectations.add(SYNC, FORWARD);

        expectations.onMessage((byte) 'E');

        assertThat(expectations.onMessage((byte) 'Z')).isEqualTo(FORWARD);
        assertThat(expectations.onMessage((byte) 'Z')).isEqualTo(FORWARD);
        assertThat(expectations.isEmpty()).isTrue();
        assertThat(expectations.isAmbiguous()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(bytes = {QUERY, EXECUTE})
    void aFailedCopyThatASyncWasSentIntoIsAmbiguous(byte kind) {
        expectations.add(kind, FORWARD);
        expectations.onMessage((byte) 'G');
        expectations.add(SYNC, FORWARD);
        expectations.add(COPY_END, FORWARD);
        expectations.add(SYNC, FORWARD);

        assertThat(expectations.onMessage((byte) 'E')).isEqualTo(FORWARD);

        assertThat(expectations.isAmbiguous()).isTrue();
        assertThat(expectations.isCopyIn()).isFalse();
    }

    @Test
    void aFailedCopyOfASimpleQueryLeavesWhatIsBehindItsEnd() {
        expectations.add(QUERY, FORWARD);
        expectations.onMessage((byte) 'G');
        expectations.add(COPY_END, FORWARD);
        expectations.add(QUERY, SWALLOW);

        assertThat(expectations.onMessage((byte) 'E')).isEqualTo(FORWARD);
        assertThat(expectations.onMessage((byte) 'Z')).isEqualTo(FORWARD);
        assertThat(expectations.onMessage((byte) 'C')).isEqualTo(SWALLOW);
        assertThat(expectations.isAmbiguous()).isFalse();
    }

    @Test
    void aQueryMayCopyTwice() {
        expectations.add(QUERY, FORWARD);
        for (int i = 0; i < 2; i++) {
            expectations.onMessage((byte) 'G');
            assertThat(expectations.isCopyIn()).isTrue();
            expectations.add(COPY_END, FORWARD);
            expectations.onMessage((byte) 'C');
            assertThat(expectations.isCopyIn()).isFalse();
        }
        assertThat(expectations.onMessage((byte) 'Z')).isEqualTo(FORWARD);
        assertThat(expectations.isEmpty()).isTrue();
    }

    @Test
    void anEndOfCopyOutOfPlaceOwesNothing() {
        expectations.add(COPY_END, FORWARD);
        assertThat(expectations.isEmpty()).isTrue();

        expectations.add(QUERY, FORWARD);
        expectations.add(COPY_END, FORWARD);
        expectations.onMessage((byte) 'Z');

        assertThat(expectations.isEmpty()).isTrue();
    }

    @Test
    void clearingUndoesAllThatIsOwedOnceAndLastFirst() {
        expectations.add(PARSE, FORWARD, () -> undone.add("answered"));
        expectations.add(PARSE, FORWARD, () -> undone.add("first"));
        expectations.add(CLOSE, INVENT, () -> undone.add("second"));
        expectations.onMessage((byte) '1');

        expectations.clear();
        expectations.clear();

        assertThat(undone).containsExactly("second", "first");
        assertThat(expectations.isEmpty()).isTrue();
        assertThat(expectations.needsSync()).isFalse();
    }

    @Test
    void remembersAnyNumberOfMessagesInOrder() {
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 1000 * (round + 1); i++) {
                expectations.add(i % 2 == 0 ? PARSE : BIND, i % 3 == 0 ? SWALLOW : FORWARD);
                if (i < 500 && i % 2 == 1) {
                    expectations.onMessage((byte) (i / 2 % 2 == 0 ? '1' : '2'));
                }
            }
            int left = expectations.size();
            while (!expectations.isEmpty()) {
                byte action = expectations.headAction();
                byte type = (byte) (expectations.headKind() == PARSE ? '1' : '2');
                assertThat(expectations.onMessage(type)).isEqualTo(action);
                left--;
                assertThat(expectations.size()).isEqualTo(left);
            }
        }
    }
}
