package dev.weir.proxy.auth.pam;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.auth.PasswordService.Claim;
import dev.weir.proxy.auth.PasswordService.Verdict;
import dev.weir.proxy.testkit.PamServices;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the real libpam says, by services of the test's own.
class PamServiceTest {
    private static final int LINE = 2;

    private final PamServices services = new PamServices();
    private final PamService pam = new PamService(LINE);

    @AfterEach
    void close() {
        pam.close();
        services.close();
    }

    private Verdict ask(String service, String user, String password) throws Exception {
        CompletableFuture<Verdict> answer = new CompletableFuture<>();
        pam.with(service, 1).ask(new Claim(user, password, "192.0.2.7"), answer::complete);
        return answer.get(30, TimeUnit.SECONDS);
    }

    @Test
    void thisMachineHasPam() {
        assertThat(PamService.obstacle()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"joe, right pass word, RIGHT", "joe, wrong, WRONG", "ann, right pass word, WRONG", "joe, grün €, WRONG"
    })
    void passesOnNameAndPassword(String user, String password, Verdict verdict) throws Exception {
        assertThat(ask(services.taking("joe", "right pass word"), user, password))
                .isEqualTo(verdict);
    }

    @Test
    void passesOnPasswordsBeyondAscii() throws Exception {
        assertThat(ask(services.taking("joe", "grün €"), "joe", "grün €")).isEqualTo(Verdict.RIGHT);
    }

    @Test
    void anAccountThatMayNotLogInDoesNot() throws Exception {
        assertThat(ask(services.permitting(), "joe", "x")).isEqualTo(Verdict.RIGHT);
        assertThat(ask(services.withoutAccounts(), "joe", "x")).isEqualTo(Verdict.WRONG);
    }

    @Test
    void aServiceThatIsNotThereLetsNobodyIn() throws Exception {
        assertThat(ask(services.permitting() + "-not-there", "joe", "x")).isEqualTo(Verdict.WRONG);
    }

    @Test
    void whoFindsTheLineFullIsToldAtOnce() throws Exception {
        String slow = services.slow(2);
        List<CompletableFuture<Verdict>> answers = new ArrayList<>();
        for (int i = 0; i < LINE + 3; i++) {
            CompletableFuture<Verdict> answer = new CompletableFuture<>();
            answers.add(answer);
            pam.with(slow, 1).ask(new Claim("joe", "x", ""), answer::complete);
        }
        assertThat(answers.getLast().getNow(Verdict.UNAVAILABLE)).isEqualTo(Verdict.BUSY);
        assertThat(answers.getFirst().get(30, TimeUnit.SECONDS)).isEqualTo(Verdict.RIGHT);
    }

    @Test
    void severalAreAskedAboutAtOnceWhereThatIsAllowed() throws Exception {
        CompletableFuture<Verdict> slow = new CompletableFuture<>();
        pam.with(services.slow(20), 2).ask(new Claim("joe", "x", ""), slow::complete);
        CompletableFuture<Verdict> other = new CompletableFuture<>();
        pam.with(services.permitting(), 2).ask(new Claim("joe", "x", ""), other::complete);
        assertThat(other.get(15, TimeUnit.SECONDS)).isEqualTo(Verdict.RIGHT);
        assertThat(slow).isNotDone();
    }

    @Test
    void whoHasLeftIsPassedOver() throws Exception {
        CompletableFuture<Verdict> first = new CompletableFuture<>();
        CompletableFuture<Verdict> gone = new CompletableFuture<>();
        pam.with(services.slow(1), 1).ask(new Claim("joe", "x", ""), first::complete);
        pam.with(services.permitting(), 1)
                .ask(new Claim("joe", "x", ""), gone::complete)
                .run();
        assertThat(first.get(30, TimeUnit.SECONDS)).isEqualTo(Verdict.RIGHT);
        assertThat(ask(services.permitting(), "joe", "x")).isEqualTo(Verdict.RIGHT);
        assertThat(gone).isNotDone();
    }
}
