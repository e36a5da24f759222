package io.waybill.transfer.tcp.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-03-04T05:06:07Z"));

  @TempDir Path directory;

  @Test
  void makesACertificateForTenYearsThatItsOwnKeySigned() throws Exception {
    X509Certificate made = Identity.loadOrMake(directory, "files.example.org", CLOCK).certificate();

    made.verify(made.getPublicKey());
    assertThat(made.getVersion()).isEqualTo(3);
    assertThat(made.getNotBefore().toInstant()).isEqualTo("2026-03-03T05:06:07Z");
    assertThat(made.getNotAfter().toInstant()).isEqualTo("2036-03-03T05:06:07Z");
    assertThat(made.getSubjectX500Principal().getName()).isEqualTo("CN=files.example.org");
    assertThat(made.getSerialNumber().bitLength()).isEqualTo(127);
    assertThat(made.getBasicConstraints()).isEqualTo(-1);
    assertThat(made.getCriticalExtensionOIDs()).containsExactlyInAnyOrder("2.5.29.19", "2.5.29.15");
    assertThat(made.getKeyUsage()).startsWith(true, false);
    assertThat(made.getExtendedKeyUsage())
        .containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    assertThat(made.getSubjectAlternativeNames())
        .containsExactlyInAnyOrder(
            List.of(2, "files.example.org"),
            List.of(2, "localhost"),
            List.of(7, "127.0.0.1"),
            List.of(7, "0:0:0:0:0:0:0:1"));
  }

  @Test
  void writesTheFileForItsOwnerOnlyAndReadsItAgain() throws Exception {
    Identity made = Identity.loadOrMake(directory, "a.example", CLOCK);
    Path file = directory.resolve("identity.pem");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(Identity.loadOrMake(directory, "other", CLOCK).certificate())
        .isEqualTo(made.certificate());
    assertThat(Identity.load(file, file).pin()).isEqualTo(made.pin());
  }

  @Test
  void manyThatStartAtOnceEndWithOneIdentity() throws Exception {
    var pool = Executors.newFixedThreadPool(4);
    try {
      Callable<Pin> start = () -> Identity.loadOrMake(directory, "a.example", CLOCK).pin();
      var pins = pool.invokeAll(List.of(start, start, start, start));
      for (var pin : pins) {
        assertThat(pin.get()).isEqualTo(pins.get(0).get());
      }
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void refusesAKeyThatOthersMayRead() throws Exception {
    Identity.loadOrMake(directory, "a.example", CLOCK);
    Path file = directory.resolve("identity.pem");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

    assertThatThrownBy(() -> Identity.loadOrMake(directory, "a.example", CLOCK))
        .isInstanceOf(IdentityException.class)
        .hasMessageContaining("chmod 600");
  }

  @Test
  void saysThatAFileIsNotThere() {
    Path none = directory.resolve("none.pem");
    assertThatThrownBy(() -> ServerTrust.authorities(none))
        .isInstanceOf(IdentityException.class)
        .hasMessage(none + " does not exist; correct the name of the file");
    assertThatThrownBy(() -> Identity.load(none, none))
        .isInstanceOf(IdentityException.class)
        .hasMessageContaining("does not exist");
  }

  @Test
  void refusesTheKeyOfAnotherCertificate() throws Exception {
    Path one = directory.resolve("one");
    Path two = directory.resolve("two");
    Identity.loadOrMake(one, "a.example", CLOCK);
    Identity.loadOrMake(two, "a.example", CLOCK);

    assertThatThrownBy(
            () -> Identity.load(one.resolve("identity.pem"), two.resolve("identity.pem")))
        .isInstanceOf(IdentityException.class)
        .hasMessageContaining("is not that of the first certificate");
  }

  @Test
  void saysHowToConvertOtherFormsOfKeys() throws Exception {
    for (String form : List.of("RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY")) {
      Path file = directory.resolve("key.pem");
      Files.writeString(file, Pem.write(form, new byte[10]));
      assertThatThrownBy(() -> Pem.read(file).privateKey())
          .isInstanceOf(IdentityException.class)
          .hasMessageContaining("openssl pk");
    }
  }

  @Test
  void pinsAreReadInEveryBase64AndWrittenInOne() throws Exception {
    Identity made = Identity.loadOrMake(directory, "a.example", CLOCK);
    String text = made.pin().toString();

    assertThat(text).matches("sha-256:[A-Za-z0-9_-]{43}");
    assertThat(Pin.parse(text)).isEqualTo(made.pin());
    assertThat(Pin.parse(text.replace('-', '+').replace("sha+", "sha-").replace('_', '/') + "="))
        .isEqualTo(made.pin());
    assertThat(made.pin().matches(made.certificate())).isTrue();
    for (String wrong : Arrays.asList("", "sha-1:abc", "sha-256:abcd", text + "AAA", text + "*")) {
      assertThatThrownBy(() -> Pin.parse(wrong)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
