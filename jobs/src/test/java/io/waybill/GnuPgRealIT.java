package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GnuPG reads what we write, and we read what it writes. */
@Timeout(300)
class GnuPgRealIT {
  private static final String PASSPHRASE = "planted-gnupg-6e";

  @TempDir Path directory;

  @BeforeEach
  void files() throws Exception {
    byte[] bytes = new byte[200_000];
    new Random(11).nextBytes(bytes);
    Files.write(directory.resolve("in.bin"), bytes);
    Files.createDirectory(
        directory.resolve("home"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  @AfterEach
  void noAgentIsLeft() throws Exception {
    run(List.of("gpgconf", "--homedir", directory.resolve("home").toString(), "--kill", "all"));
  }

  private static String run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as("%s: %s", command, said).isZero();
    return said;
  }

  private String gpg(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "gpg",
                "--homedir",
                directory.resolve("home").toString(),
                "--batch",
                "--yes",
                "--pinentry-mode",
                "loopback",
                "--passphrase",
                PASSPHRASE,
                "--trust-model",
                "always"));
    command.addAll(List.of(arguments));
    return run(command);
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private void keys(String algorithm) throws Exception {
    gpg("--quick-gen-key", "us@acme.example", algorithm, "default", "never");
    if (!algorithm.equals("default")) { // which has a second key by itself
      gpg("--quick-add-key", fingerprint(), algorithm, "encr", "never");
    }
    gpg("--output", path("us.pub"), "--armor", "--export", "us@acme.example");
    gpg("--output", path("us.sec"), "--export-secret-keys", "us@acme.example");
  }

  private String fingerprint() throws Exception {
    return gpg("--with-colons", "--list-keys", "us@acme.example")
        .lines()
        .filter(line -> line.startsWith("fpr:"))
        .findFirst()
        .orElseThrow()
        .split(":", -1)[9];
  }

  private JobFileRun steps(String steps) throws IOException {
    return JobFileRun.of(
        directory,
        Map.of("P", PASSPHRASE),
        "secrets: { p: { env: P } }\nvars: { d: '%s' }\njobs: { j: { retry: { attempts: 1 }, steps: [ %s ] } }\n"
            .formatted(directory, steps));
  }

  private JobFileRun decrypt(String keys) throws IOException {
    return steps(
        "{ pgp.decrypt: { from: '${vars.d}/in.pgp', to: '${vars.d}/out.bin', key: us.sec, passphrase: '${secrets.p}', signed-by: us.pub "
            + keys
            + " } }");
  }

  @ParameterizedTest
  @CsvSource({"default", "rsa2048"})
  void whatGnuPgWritesIsRead(String algorithm) throws Exception {
    keys(algorithm);
    for (String[] manner :
        new String[][] {
          {}, {"--armor"}, {"--compress-algo", "none"}, {"--compress-algo", "bzip2"}
        }) {
      List<String> arguments = new ArrayList<>(List.of(manner));
      arguments.addAll(
          List.of(
              "--output",
              path("in.pgp"),
              "--recipient",
              "us@acme.example",
              "--sign",
              "--encrypt",
              path("in.bin")));
      gpg(arguments.toArray(String[]::new));
      Files.deleteIfExists(directory.resolve("out.bin"));

      JobFileRun run = decrypt("");

      assertThat(run.code()).as(run.form().toString()).isZero();
      assertThat(directory.resolve("out.bin")).hasSameBinaryContentAs(directory.resolve("in.bin"));
    }
    gpg("--output", path("in.pgp"), "--recipient", "us@acme.example", "--encrypt", path("in.bin"));
    assertThat(decrypt("").message()).contains("nobody has signed it");
  }

  @ParameterizedTest
  @CsvSource({"default", "rsa2048"})
  void whatIsWrittenGnuPgReads(String algorithm) throws Exception {
    keys(algorithm);
    for (String manner : List.of("", ", armor: true", ", compress: false")) {
      JobFileRun run =
          steps(
              "{ pgp.encrypt: { from: '${vars.d}/in.bin', to: '${vars.d}/out.pgp', recipients: us.pub, sign-key: us.sec, sign-passphrase: '${secrets.p}'"
                  + manner
                  + " } }");
      assertThat(run.code()).as(run.form().toString()).isZero();

      String said = gpg("--output", path("gpg.bin"), "--decrypt", path("out.pgp"));

      assertThat(said).contains("Good signature from \"us@acme.example\"");
      assertThat(directory.resolve("gpg.bin")).hasSameBinaryContentAs(directory.resolve("in.bin"));
    }
  }

  @Test
  void itsSignaturesAreVerified() throws Exception {
    keys("default");
    gpg("--output", path("in.sig"), "--detach-sign", path("in.bin"));
    gpg("--output", path("signed.gpg"), "--sign", path("in.bin"));
    gpg("--output", path("clear.asc"), "--clear-sign", path("in.bin"));

    assertThat(
            steps(
                    """
                    { pgp.verify: { from: '${vars.d}/in.bin', signature: '${vars.d}/in.sig', signed-by: us.pub } },
                    { pgp.verify: { from: '${vars.d}/signed.gpg', to: '${vars.d}/taken.bin', signed-by: us.pub } }
                    """)
                .code())
        .isZero();
    assertThat(directory.resolve("taken.bin")).hasSameBinaryContentAs(directory.resolve("in.bin"));
    assertThat(
            steps("{ pgp.verify: { from: '${vars.d}/clear.asc', signed-by: us.pub } }").message())
        .contains("is signed as clear text");
  }

  @Test
  void whatIsEncryptedByAPassphraseIsRefused() throws Exception {
    keys("rsa2048");
    gpg("--output", path("in.pgp"), "--symmetric", path("in.bin"));
    assertThat(decrypt("").message()).contains("is encrypted by a passphrase");
  }

  @Test
  void aRevokedKeyIsNotEncryptedTo() throws Exception {
    keys("default");
    Path certificate = directory.resolve("home/openpgp-revocs.d/" + fingerprint() + ".rev");
    Files.writeString(
        directory.resolve("rev.asc"),
        Files.readString(certificate).replace(":-----BEGIN", "-----BEGIN"));
    gpg("--import", path("rev.asc"));
    gpg("--output", path("us.pub"), "--armor", "--export", "us@acme.example");

    JobFileRun run =
        steps(
            "{ pgp.encrypt: { from: '${vars.d}/in.bin', to: '${vars.d}/out.pgp', recipients: us.pub } }");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.message()).contains("was revoked by its owner");
  }
}
