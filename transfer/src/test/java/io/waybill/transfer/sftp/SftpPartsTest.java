package io.waybill.transfer.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.TransferException;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SftpPartsTest {
  // made by ssh-keygen; fingerprint by ssh-keygen -lf, hashed line by ssh-keygen -H
  private static final String ED25519 =
      "AAAAC3NzaC1lZDI1NTE5AAAAIOv9jHtLFifJBud2O6ZzTSjyLuh3LxrqW+jefUhHUgzx";
  private static final String FINGERPRINT = "SHA256:TOQxMP/3eDulLiT3lohbVCR0kKGwCw1SY3zHf3P+ft4";
  private static final String HASHED_22 =
      "|1|srDNRmloOpz76G6xkOqYPs8dX3Y=|XmV9V1+WOnPWvT6ylLJ8JAiWsRs=";
  private static final String HASHED_2222 =
      "|1|enVbTwJWYutm7u5vA0ZQ7J80/AE=|koDJaVW2kAaTySWN1TZwOFrFnl8=";

  private static HostKey key() {
    return new HostKey(Base64.getDecoder().decode(ED25519));
  }

  @Test
  void fingerprintIsWhatSshKeygenPrints() {
    assertThat(key().fingerprint()).isEqualTo(FINGERPRINT);
    assertThat(key().type()).isEqualTo("ssh-ed25519");
    assertThat(HostKeyPin.parse(FINGERPRINT).matches(key())).isTrue();
    assertThat(HostKeyPin.parse(FINGERPRINT)).hasToString(FINGERPRINT);
    String urlSafe = FINGERPRINT.replace("SHA256:", "sha-256:").replace('+', '-').replace('/', '_');
    assertThat(HostKeyPin.parse(urlSafe).matches(key())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "SHA256:",
        "MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48",
        "SHA256:abc",
        "sha-256:not base64",
        "sha-256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeegg"
      })
  void malformedPinIsRefused(String text) {
    assertThatThrownBy(() -> HostKeyPin.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "host.example,                 host.example, 22,   true",
    "HOST.example,                 host.EXAMPLE, 22,   true",
    "host.example,                 host.example, 2222, false",
    "[host.example]:2222,          host.example, 2222, true",
    "[host.example]:2222,          host.example, 22,   false",
    "'a,host.example,b',           host.example, 22,   true",
    "*.example,                    host.example, 22,   true",
    "h?st.*,                       host.example, 22,   true",
    "h?st,                         host.example, 22,   false",
    "'*.example,!host.example',    host.example, 22,   false",
    "[*.example]:*,                host.example, 2222, true",
    "::1,                          ::1,          22,   true",
    "[::1]:2222,                   ::1,          2222, true",
    "|1|nonsense,                  host.example, 22,   false",
    "|1|bm8=|bm8=,                 host.example, 22,   false",
  })
  void knownHostIsFoundByItsName(String names, String host, int port, boolean found) {
    KnownHosts hosts = KnownHosts.parse(List.of(names + " ssh-ed25519 " + ED25519 + " comment"));
    assertThat(hosts.keys(host, port).contains(key())).isEqualTo(found);
  }

  @Test
  void hashedNamesAreFound() {
    KnownHosts hosts =
        KnownHosts.parse(
            List.of(
                HASHED_22 + " ssh-ed25519 " + ED25519, HASHED_2222 + " ssh-ed25519 " + ED25519));
    assertThat(hosts.keys("host.example", 22)).containsExactly(key());
    assertThat(hosts.keys("host.example", 2222)).containsExactly(key());
    assertThat(hosts.keys("host.example", 23)).isEmpty();
    assertThat(hosts.keys("other.example", 22)).isEmpty();
  }

  @Test
  void lineThatCannotBeReadVouchesForNobody() {
    KnownHosts hosts =
        KnownHosts.parse(
            List.of(
                "",
                "# h ssh-ed25519 " + ED25519,
                "h ssh-ed25519",
                "h ssh-rsa " + ED25519,
                "h ssh-ed25519 !!!",
                "@cert-authority h ssh-ed25519 " + ED25519,
                "@else h ssh-ed25519 " + ED25519));
    assertThat(hosts.keys("h", 22)).isEmpty();
    assertThat(hosts.isRevoked("h", 22, key())).isFalse();
    assertThat(
            KnownHosts.parse(List.of("@revoked * ssh-ed25519 " + ED25519))
                .isRevoked("h", 22, key()))
        .isTrue();
  }

  @Test
  void bytesComeOutOfTheInboxAsTheyWentIn() throws IOException {
    long seed = 5;
    Random random = new Random(seed);
    byte[] sent = new byte[3 << 20];
    random.nextBytes(sent);
    byte[] got = new byte[sent.length];
    Inbox inbox = new Inbox();
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    int in = 0;
    int out = 0;
    while (out < sent.length) {
      int more = Math.min(random.nextInt(100_000), sent.length - in);
      more = Math.min(more, (1 << 20) - (in - out));
      inbox.write(sent, in, more);
      in += more;
      int less = in == sent.length ? in - out : random.nextInt(in - out + 1);
      inbox.readFully(got, out, less, deadline);
      out += less;
    }
    assertThat(got).as("seed %d", seed).isEqualTo(sent);
    assertThat(inbox.hasBytes()).isFalse();
    assertThatExceptionOfType(SocketTimeoutException.class)
        .isThrownBy(() -> inbox.readFully(got, 0, 1, System.nanoTime()));
    inbox.close();
    assertThatExceptionOfType(EOFException.class)
        .isThrownBy(() -> inbox.readFully(got, 0, 1, deadline));
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> inbox.write(1));
  }

  @Test
  void settingsHaveTheirDefaultsAndNeverShowTheUser() {
    SftpServer server =
        SftpServer.builder()
            .host("::1")
            .credentials(new Credentials("user", () -> "secret"))
            .build();
    assertThat(server.port()).isEqualTo(22);
    assertThat(server.terms().connectTimeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(server.terms().loginTimeout()).isEqualTo(Duration.ofSeconds(20));
    assertThat(server.terms().replyTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(server.terms().idleTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(server.terms().maxSessions()).isEqualTo(4);
    assertThat(server.terms().maxReconnects()).isEqualTo(5);
    assertThat(server).hasToString("sftp://***@[::1]:22");
    assertThatThrownBy(() -> SftpServer.builder().host("h").user("u").build())
        .isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "2, 'No such file', NotFound, false",
    "3, 'Permission denied', Refused, false",
    "4, 'Failure', Refused, false",
    "4, 'No space left on device', Refused, true",
    "14, '', Refused, true",
  })
  void statusBecomesWhatCallersSee(int code, String text, String type, boolean passes) {
    SftpServer server =
        SftpServer.builder().host("h").credentials(new Credentials("u", () -> "s")).build();
    TransferException seen =
        new SftpFailures(server).translate("a/b", SftpStatusException.of("WRITE", code, text));
    assertThat(seen.getClass().getSimpleName()).isEqualTo(type);
    assertThat(seen.isTransient()).isEqualTo(passes);
    assertThat(seen).hasMessageContaining("a/b").hasMessageContaining("h:22");
  }
}
