package io.waybill.transfer.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.KeyPair;
import io.waybill.transfer.Credentials;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class SftpLoginIT {
  private static final String PASSPHRASE = "planted-pässphrase";
  @TempDir Path home;
  @TempDir Path local;
  private SftpSandbox sandbox;

  @BeforeEach
  void start() throws IOException {
    sandbox = new SftpSandbox(home);
  }

  @AfterEach
  void stop() throws IOException {
    sandbox.close();
  }

  private static void connect(SftpServer server) {
    try (FileTransfer sftp = SftpTransfer.connect(server)) {
      assertThat(sftp.list("", false)).isEmpty();
    }
  }

  @Test
  void wrongPasswordIsSaidOnceAndNeverPrinted() {
    SftpServer wrong =
        sandbox
            .settings()
            .credentials(new Credentials(SftpSandbox.USER, () -> "planted-pw"))
            .build();
    assertThatExceptionOfType(TransferException.Authentication.class)
        .isThrownBy(() -> connect(wrong))
        .satisfies(e -> assertThat(e.user()).isEqualTo(SftpSandbox.USER))
        .withMessageContaining(SftpSandbox.USER)
        .withMessageNotContaining("planted-pw");
    assertThat(sandbox.passwordsTried).hasValue(1);
  }

  @Test
  void passwordIsTypedWhereTheServerAsksForItThatWay() {
    sandbox.keyboardInteractiveOnly();
    connect(sandbox.settings().build());
    SftpServer wrong =
        sandbox
            .settings()
            .credentials(new Credentials(SftpSandbox.USER, () -> "planted-pw"))
            .build();
    assertThatExceptionOfType(TransferException.Authentication.class)
        .isThrownBy(() -> connect(wrong))
        .withMessageNotContaining("planted-pw");
    assertThat(sandbox.passwordsTried).hasValue(2);
  }

  @Test
  void serverWithoutSftpIsARefusal() {
    sandbox.withoutSftp();
    assertThatExceptionOfType(TransferException.Refused.class)
        .isThrownBy(() -> connect(sandbox.settings().build()))
        .withMessageContaining("opened no SFTP channel");
  }

  @Test
  void unknownHostKeyIsRefusedWithItsFingerprintBeforeAnySecretIsSent() {
    Path file = local.resolve("known_hosts");
    assertThatExceptionOfType(TransferException.Authentication.class)
        .isThrownBy(() -> connect(sandbox.settings().trust(HostKeyTrust.knownHosts(file)).build()))
        .withMessageContaining("is not known")
        .withMessageContaining(SftpSandbox.hostKey().fingerprint())
        .withMessageContaining(file.toString());
    assertThat(sandbox.passwordsTried).hasValue(0);
    assertThat(file).doesNotExist();
  }

  @Test
  void newHostKeyIsWrittenDownIfToldToAndBelievedFromThenOn() throws IOException {
    Path file = local.resolve("ssh/known_hosts");
    HostKeyTrust strict = HostKeyTrust.knownHosts(file);
    connect(sandbox.settings().trust(strict.acceptingNew()).build());
    connect(sandbox.settings().trust(strict).build());
    assertThat(Files.readString(file))
        .startsWith("[127.0.0.1]:" + sandbox.port() + " ecdsa-sha2-nistp256 ")
        .hasLineCount(1);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void changedHostKeyIsRefusedWithBothFingerprintsEvenIfNewOnesAreAccepted() throws IOException {
    HostKeyTrust trust = HostKeyTrust.knownHosts(local.resolve("known_hosts")).acceptingNew();
    connect(sandbox.settings().trust(trust).build());
    String before = Files.readString(local.resolve("known_hosts"));
    sandbox.changeHostKey();
    assertThatExceptionOfType(TransferException.Authentication.class)
        .isThrownBy(() -> connect(sandbox.settings().trust(trust).build()))
        .withMessageContaining("CHANGED")
        .withMessageContaining(SftpSandbox.hostKey().fingerprint())
        .withMessageContaining(SftpSandbox.otherHostKey().fingerprint())
        .withMessageContaining("ssh-keygen -f")
        .satisfies(e -> assertThat(e.isTransient()).isFalse());
    assertThat(local.resolve("known_hosts")).hasContent(before);
    assertThat(sandbox.passwordsTried).hasValue(1);
  }

  @Test
  void revokedHostKeyIsRefused() throws IOException {
    HostKey key = SftpSandbox.hostKey();
    Path file =
        Files.writeString(
            local.resolve("known_hosts"),
            "@revoked * %s %s\n"
                .formatted(key.type(), Base64.getEncoder().encodeToString(key.blob())));
    assertThatExceptionOfType(TransferException.Authentication.class)
        .isThrownBy(
            () ->
                connect(
                    sandbox.settings().trust(HostKeyTrust.knownHosts(file).acceptingNew()).build()))
        .withMessageContaining("@revoked");
  }

  @Test
  void pinDecidesInEitherNotation() {
    String hex = "sha-256:" + HexFormat.of().formatHex(SftpSandbox.hostKey().sha256());
    String other = SftpSandbox.otherHostKey().fingerprint();
    connect(sandbox.settings().trust(HostKeyTrust.pinned(hex)).build());
    connect(
        sandbox
            .settings()
            .trust(HostKeyTrust.pinned(other, SftpSandbox.hostKey().fingerprint()))
            .build());
    assertThatExceptionOfType(TransferException.Authentication.class)
        .isThrownBy(() -> connect(sandbox.settings().trust(HostKeyTrust.pinned(other)).build()))
        .withMessageContaining(other)
        .withMessageContaining(SftpSandbox.hostKey().fingerprint());
  }

  static Stream<Arguments> keys() {
    return Stream.of(
        Arguments.of(KeyPair.RSA, 2048, "openssh", true),
        Arguments.of(KeyPair.RSA, 2048, "pem", false),
        Arguments.of(KeyPair.RSA, 2048, "pem", true),
        Arguments.of(KeyPair.ECDSA, 256, "openssh", false),
        Arguments.of(KeyPair.ECDSA, 384, "openssh", true),
        Arguments.of(KeyPair.ECDSA, 521, "pem", false));
  }

  @ParameterizedTest
  @MethodSource("keys")
  void keyOfEachKindLogsIn(int type, int bits, String format, boolean encrypted) throws Exception {
    KeyPair pair = KeyPair.genKeyPair(new JSch(), type, bits);
    byte[] secret = encrypted ? PASSPHRASE.getBytes(StandardCharsets.UTF_8) : null;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (format.equals("pem")) {
      pair.writePrivateKey(out, secret);
    } else {
      pair.writeOpenSSHv1PrivateKey(out, secret);
    }
    Path file = privateFile(out.toByteArray());
    sandbox.authorized.add(new ByteArrayBuffer(pair.getPublicKeyBlob()).getRawPublicKey());
    connect(
        encrypted
            ? withKey().privateKey(file, () -> PASSPHRASE).build()
            : withKey().privateKey(file).build());
    if (encrypted) {
      assertThatExceptionOfType(TransferException.Configuration.class)
          .isThrownBy(() -> connect(withKey().privateKey(file).build()))
          .withMessageContaining("encrypted");
      assertThatExceptionOfType(TransferException.Configuration.class)
          .isThrownBy(() -> connect(withKey().privateKey(file, () -> "planted-wrong").build()))
          .withMessageContaining("passphrase does not open it")
          .withMessageNotContaining("planted-wrong");
    }
  }

  @Test
  void keyInPkcs8LogsIn() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    java.security.KeyPair pair = generator.generateKeyPair();
    String text =
        "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
            .formatted(Base64.getMimeEncoder().encodeToString(pair.getPrivate().getEncoded()));
    sandbox.authorized.add(pair.getPublic());
    Path file = privateFile(text.getBytes(StandardCharsets.US_ASCII));
    connect(withKey().privateKey(file).build());
  }

  @Test
  void keyThatCannotBeUsedSaysWhy() throws Exception {
    Path nonsense = privateFile("nonsense".getBytes(StandardCharsets.US_ASCII));
    assertThatExceptionOfType(TransferException.Configuration.class)
        .isThrownBy(() -> connect(withKey().privateKey(nonsense).build()))
        .withMessageContaining("no private key");
    Files.setPosixFilePermissions(nonsense, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatExceptionOfType(TransferException.Configuration.class)
        .isThrownBy(() -> connect(withKey().privateKey(nonsense).build()))
        .withMessageContaining("chmod 600");
    assertThatExceptionOfType(TransferException.Configuration.class)
        .isThrownBy(() -> connect(withKey().privateKey(local.resolve("none")).build()))
        .withMessageContaining("none");
    assertThatExceptionOfType(TransferException.Configuration.class)
        .isThrownBy(() -> connect(withKey().agent(local.resolve("no.sock")).build()))
        .withMessageContaining("ssh-agent");
  }

  @Test
  void passwordIsTriedAfterAKeyThatIsNotKnown() throws Exception {
    KeyPair pair = KeyPair.genKeyPair(new JSch(), KeyPair.ECDSA, 256);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    pair.writeOpenSSHv1PrivateKey(out, null);
    Path file = privateFile(out.toByteArray());
    assertThatNoException().isThrownBy(() -> connect(sandbox.settings().privateKey(file).build()));
    assertThatExceptionOfType(TransferException.Authentication.class)
        .isThrownBy(() -> connect(withKey().privateKey(file).build()));
  }

  private SftpServer.Builder withKey() {
    return SftpServer.builder()
        .host("127.0.0.1")
        .port(sandbox.port())
        .user(SftpSandbox.USER)
        .trust(HostKeyTrust.pinned(SftpSandbox.hostKey().fingerprint()));
  }

  private Path privateFile(byte[] content) throws IOException {
    Path file =
        Files.createFile(
            local.resolve("id"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.write(file, content);
  }

  @Test
  void serverThatHangsUpBeforeItsGreetingIsAConnectionFailure() throws IOException {
    try (ServerSocket rude = new ServerSocket(0)) {
      Thread thread = new Thread(() -> hangUp(rude), "rude-server");
      thread.setDaemon(true);
      thread.start();
      assertThatExceptionOfType(TransferException.Connection.class)
          .isThrownBy(() -> connect(sandbox.settings().port(rude.getLocalPort()).build()))
          .withMessageContaining("before its greeting")
          .havingCause()
          .isInstanceOfSatisfying(
              SshRefusedException.class,
              e -> assertThat(new SftpEndpoint(sandbox.settings().build()).isFull(e)).isTrue());
    }
  }

  @Test
  void serverThatNeverGreetsIsATimeout() throws IOException {
    try (ServerSocket silent = new ServerSocket(0)) {
      assertThatExceptionOfType(TransferException.Timeout.class)
          .isThrownBy(
              () ->
                  connect(
                      sandbox
                          .settings()
                          .port(silent.getLocalPort())
                          .connectTimeout(Duration.ofMillis(200))
                          .loginTimeout(Duration.ofMillis(200))
                          .build()));
    }
  }

  private static void hangUp(ServerSocket rude) {
    try (Socket socket = rude.accept()) {
      assertThat(List.of(socket)).hasSize(1);
    } catch (IOException e) {
      // closed at the end of the test
      return;
    }
  }
}
