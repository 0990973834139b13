package dev.weir.proxy.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.postgresql.PostgreSQLContainer;

final class PostgresOriginTest {

    @Test
    void dockerIsTakenWhenItAnswers() {
        assertThat(PostgresOrigin.choose("", () -> true)).isEqualTo(PostgresOrigin.DOCKER);
        assertThat(PostgresOrigin.choose("", () -> false)).isEqualTo(PostgresOrigin.EMBEDDED);
    }

    @Test
    void aPropertyForcesEither() {
        assertThat(PostgresOrigin.choose("embedded", () -> true)).isEqualTo(PostgresOrigin.EMBEDDED);
        assertThat(PostgresOrigin.choose("docker", () -> false)).isEqualTo(PostgresOrigin.DOCKER);
        assertThatThrownBy(() -> PostgresOrigin.choose("podman", () -> true))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void dockerIsAskedQuietly() {
        PostgresOrigin origin = PostgresOrigin.choose("", PostgresOrigin::dockerServesHere);

        assertThat(((Logger) LoggerFactory.getLogger("org.testcontainers.dockerclient")).getEffectiveLevel())
                .isEqualTo(Level.OFF);
        assertThat(origin).isIn((Object[]) PostgresOrigin.values());
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void aContainerIsSetUpAsTheEmbeddedServerIs(int version) {
        PostgreSQLContainer container = ContainerPostgres.container(version);

        assertThat(container.getImage().toString()).contains("postgres:" + version);
        assertThat(container.getUsername()).isEqualTo(Accounts.SUPERUSER.user());
        assertThat(container.getPassword()).isEqualTo(Accounts.SUPERUSER.password());
        assertThat(container.getEnvMap().get("POSTGRES_INITDB_ARGS")).contains("--encoding=UTF8", "--locale=C");
        assertThat(container.getExposedPorts()).containsExactly(5432);
        assertThat(container.getCommandParts())
                .startsWith("postgres", "-c", "hba_file=" + ContainerPostgres.HBA_FILE)
                .contains("fsync=off", "max_connections=200", "log_line_prefix=%m [%p] %u@%d ");
        assertThat(List.of(container.getCommandParts()).contains("io_method=sync"))
                .isEqualTo(version >= 18);
    }

    @Test
    void aContainerAsksForPasswordsAsTheEmbeddedServerDoes() {
        Transferable hba = ContainerPostgres.hba();

        assertThat(new String(hba.getBytes(), StandardCharsets.UTF_8))
                .contains("host all md5_user all md5\n", "host all all all scram-sha-256\n");
        assertThat(hba.getFileMode() & 0x1FF).isEqualTo(0x1A4);
    }
}
