package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.cli.Main;
import io.waybill.testkit.ForkedJvm;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPEncryptedDataGenerator;
import org.bouncycastle.openpgp.PGPLiteralData;
import org.bouncycastle.openpgp.PGPLiteralDataGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPGPDataEncryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPublicKeyKeyEncryptionMethodGenerator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code pgp.encrypt}, {@code pgp.decrypt} and {@code pgp.verify} in job files. */
@Timeout(120)
class PgpIT {
  private static final String KEY = "key: bob.sec, passphrase: '${secrets.p}', max-size: 64MiB";

  @TempDir Path directory;

  private static PgpKeyring alice;
  private static PgpKeyring bob;

  @BeforeAll
  static void keys() {
    alice = PgpKeyring.create("alice@acme.example");
    bob = PgpKeyring.create("bob@bank.example");
  }

  @BeforeEach
  void files() throws IOException {
    alice.writePublic(directory.resolve("alice.pub"));
    alice.writeSecret(directory.resolve("alice.sec"));
    bob.writePublic(directory.resolve("bob.pub"));
    bob.writeSecret(directory.resolve("bob.sec"));
    byte[] bytes = new byte[300_000];
    new Random(7).nextBytes(bytes);
    Files.write(directory.resolve("in.bin"), bytes);
  }

  private JobFileRun run(String step) throws IOException {
    return run(PgpKeyring.PASSPHRASE, step);
  }

  private JobFileRun run(String passphrase, String step) throws IOException {
    return JobFileRun.of(
        directory,
        Map.of("P", passphrase),
        "secrets: { p: { env: P } }\nvars: { d: '%s' }\njobs: { j: { retry: { attempts: 2, delay: 10ms }, steps: [ %s ] } }\n"
            .formatted(directory, step));
  }

  private JobFileRun encrypt(String keys) throws IOException {
    return run(
        "{ pgp.encrypt: { from: '${vars.d}/in.bin', to: '${vars.d}/in.bin.pgp', recipients: bob.pub "
            + keys
            + " } }");
  }

  private JobFileRun decrypt(String keys) throws IOException {
    return run(
        "{ pgp.decrypt: { from: '${vars.d}/in.bin.pgp', to: '${vars.d}/out.bin', "
            + KEY
            + keys
            + " } }");
  }

  private static final String SIGN = ", sign-key: alice.sec, sign-passphrase: '${secrets.p}'";

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void whatIsEncryptedIsDecrypted(boolean armor, boolean compress) throws IOException {
    JobFileRun there = encrypt(", armor: %s, compress: %s".formatted(armor, compress) + SIGN);
    assertThat(there.code()).as(there.form().toString()).isZero();
    JobFileRun back = decrypt(", signed-by: [alice.pub, bob.pub]");

    assertThat(back.code()).as(back.form().toString()).isZero();
    assertThat(directory.resolve("out.bin")).hasSameBinaryContentAs(directory.resolve("in.bin"));
    assertThat(String.valueOf(back.outputs().get("files")))
        .contains("name=out.bin", "size=300000", "signed-by=[" + alice.signingId() + "]");
    assertThat(Files.readAllBytes(directory.resolve("in.bin.pgp"))[0] == '-').isEqualTo(armor);
    assertThat(there.log() + back.log() + back.form()).doesNotContain(PgpKeyring.PASSPHRASE);
  }

  @Test
  void severalGoToADirectoryUnderNamesOfTheirOwn() throws IOException {
    Files.writeString(directory.resolve("b.txt"), "b");

    JobFileRun run =
        run(
            """
            { pgp.encrypt: { from: ['${vars.d}/in.bin', '${vars.d}/b.txt'], to: '${vars.d}/enc/', recipients: [alice.pub, bob.pub] } },
            { pgp.decrypt: { from: ['${vars.d}/enc/in.bin.pgp', '${vars.d}/enc/b.txt.pgp'], to: '${vars.d}/dec/', %s } }
            """
                .formatted(KEY));

    assertThat(run.code()).as(run.form().toString()).isZero();
    assertThat(directory.resolve("dec/b.txt")).hasContent("b");
    assertThat(directory.resolve("dec/in.bin")).hasSameBinaryContentAs(directory.resolve("in.bin"));
  }

  @Test
  void anotherKeyIsNamed() throws IOException {
    encrypt("");

    JobFileRun run =
        run(
            "{ pgp.decrypt: { from: '${vars.d}/in.bin.pgp', to: '${vars.d}/out.bin', key: alice.sec, passphrase: '${secrets.p}' } }");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.message())
        .contains("is encrypted to another key: to " + bob.encryptionId())
        .contains(alice.encryptionId());
    assertThat(directory.resolve("out.bin")).doesNotExist();
  }

  @Test
  void aWrongPassphraseOpensNothing() throws IOException {
    encrypt("");
    String step =
        "{ pgp.decrypt: { from: '${vars.d}/in.bin.pgp', to: '${vars.d}/out.bin', key: bob.sec";

    JobFileRun wrong = run("planted-wrong-3c", step + ", passphrase: '${secrets.p}' } }");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.message())
        .contains("the passphrase does not open key " + bob.encryptionId())
        .doesNotContain("planted");
    assertThat(run(step + " } }").message()).contains("wants a passphrase");
  }

  @Test
  void whatWasChangedOrCutIsNeverThere() throws IOException {
    Files.writeString(directory.resolve("in.bin"), "twenty bytes of text".repeat(200));
    encrypt(", compress: false" + SIGN);
    byte[] whole = Files.readAllBytes(directory.resolve("in.bin.pgp"));
    Files.writeString(directory.resolve("out.bin"), "old");
    Random random = new Random(20261130);
    for (int i = 0; i < 25; i++) {
      byte[] broken = whole.clone();
      int at = 600 + random.nextInt(whole.length - 600);
      if (i % 2 == 0) {
        broken[at] ^= (byte) (1 << random.nextInt(8));
      } else {
        broken = Arrays.copyOf(whole, at);
      }
      Files.write(directory.resolve("in.bin.pgp"), broken);

      JobFileRun run = decrypt("");

      assertThat(run.code()).as("%d at %d: %s", i, at, run.form()).isEqualTo(7);
      assertThat(run.message()).contains("is damaged or cut short, and nothing of it was kept");
      assertThat(directory.resolve("out.bin")).hasContent("old");
    }
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left.filter(file -> file.toString().endsWith(".wbpart"))).isEmpty();
    }
  }

  @Test
  void whatIsNoSuchFileIsSaidToBeNone() throws IOException {
    Files.writeString(directory.resolve("in.bin.pgp"), "hello");
    assertThat(decrypt("").code()).isIn(1, 7);
    Files.writeString(directory.resolve("in.bin.pgp"), "");
    assertThat(decrypt("").message()).contains("is no file of OpenPGP");
    Files.delete(directory.resolve("in.bin.pgp"));
    assertThat(decrypt("").code()).isEqualTo(3);
    assertThat(encrypt(", sign-key: bob.pub").message())
        .contains("holds no secret keys of OpenPGP");
    assertThat(encrypt(", sign-key: nowhere.sec").code()).isEqualTo(3);
  }

  @Test
  void aSignatureThatIsWantedHasToBeThere() throws IOException {
    encrypt("");
    JobFileRun unsigned = decrypt(", signed-by: alice.pub");
    assertThat(unsigned.code()).isEqualTo(7);
    assertThat(unsigned.message()).contains("nobody has signed it");

    encrypt(SIGN);
    JobFileRun stranger = decrypt(", signed-by: bob.pub");
    assertThat(stranger.code()).isEqualTo(7);
    assertThat(stranger.attempts()).hasSize(1);
    assertThat(stranger.message()).contains("it is signed by key " + alice.signingId());
    assertThat(directory.resolve("out.bin")).doesNotExist();
    assertThat(decrypt(", signed-by: alice.pub").code()).isZero();
  }

  @Test
  void keysThatAreNoGoodAnyMoreAreNotUsed() throws IOException {
    Instant longAgo = Instant.now().minus(Duration.ofDays(400));
    PgpKeyring old = PgpKeyring.create("old@acme.example", longAgo, Duration.ofDays(365));
    old.writePublic(directory.resolve("old.pub"));
    old.writeSecret(directory.resolve("old.sec"));
    PgpKeyring.create("gone@acme.example").revoke().writePublic(directory.resolve("gone.pub"));
    String to = "{ pgp.encrypt: { from: '${vars.d}/in.bin', to: '${vars.d}/x.pgp', recipients: ";

    JobFileRun expired = run(to + "[bob.pub, old.pub] } }");
    assertThat(expired.code()).isEqualTo(2);
    assertThat(expired.message())
        .contains("old.pub has no key to encrypt to")
        .contains("has expired at");
    assertThat(run(to + "gone.pub } }").message()).contains("was revoked by its owner");
    assertThat(encrypt(", sign-key: old.sec, sign-passphrase: '${secrets.p}'").message())
        .contains("has no key to sign with")
        .contains("has expired at");
    assertThat(directory.resolve("x.pgp")).doesNotExist();

    Files.write(directory.resolve("in.sig"), detached(old));
    JobFileRun late = verify("signature: '${vars.d}/in.sig', signed-by: old.pub");
    assertThat(late.code()).isEqualTo(7);
    assertThat(late.message()).contains("it is signed at ").contains("has expired at");
  }

  private byte[] detached(PgpKeyring by) throws IOException {
    return by.signatureOf(Files.readAllBytes(directory.resolve("in.bin")));
  }

  private JobFileRun verify(String keys) throws IOException {
    return run("{ pgp.verify: { from: '${vars.d}/in.bin', " + keys + " } }");
  }

  @Test
  void aSignatureBesideTheFileIsVerified() throws IOException {
    Files.write(directory.resolve("in.sig"), detached(alice));
    String by = "signature: '${vars.d}/in.sig', signed-by: ";

    JobFileRun good = verify(by + "[bob.pub, alice.pub]");
    assertThat(good.code()).as(good.form().toString()).isZero();
    assertThat(String.valueOf(good.outputs().get("signed-by")))
        .isEqualTo("[" + alice.signingId() + "]");
    assertThat(Instant.parse(String.valueOf(good.outputs().get("signed-at"))))
        .isBefore(Instant.now());
    assertThat(verify(by + "bob.pub").code()).isEqualTo(7);
    Files.writeString(directory.resolve("in.bin"), "changed");
    assertThat(verify(by + "alice.pub").message()).contains("does not fit what is there");
  }

  @Test
  void aBombIsStopped() throws IOException {
    try (OutputStream out = Files.newOutputStream(directory.resolve("in.bin"))) {
      for (int i = 0; i < 80; i++) {
        out.write(new byte[1 << 20]);
      }
    }
    encrypt("");
    assertThat(Files.size(directory.resolve("in.bin.pgp"))).isLessThan(1 << 20);

    JobFileRun run = decrypt("");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.message())
        .contains("holds more than 67108864 bytes, and nothing of it was kept");
    assertThat(directory.resolve("out.bin")).doesNotExist();
  }

  @Test
  void whatProvesNoIntegrityIsRefused() throws Exception {
    PGPEncryptedDataGenerator generator =
        new PGPEncryptedDataGenerator(
            new BcPGPDataEncryptorBuilder(SymmetricKeyAlgorithmTags.AES_128)
                .setWithIntegrityPacket(false)
                .setSecureRandom(new SecureRandom()));
    generator.addMethod(new BcPublicKeyKeyEncryptionMethodGenerator(bob.forEncryption()));
    try (OutputStream out = Files.newOutputStream(directory.resolve("in.bin.pgp"));
        OutputStream encrypted = generator.open(out, new byte[4096]);
        OutputStream literal =
            new PGPLiteralDataGenerator()
                .open(encrypted, PGPLiteralData.BINARY, "x", PGPLiteralData.NOW, new byte[4096])) {
      literal.write("hello".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    JobFileRun run = decrypt("");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.message()).contains("has no proof of integrity (MDC)");
  }

  @Test
  void largeFilesNeedNoMemory() throws Exception {
    try (OutputStream out = Files.newOutputStream(directory.resolve("in.bin"))) {
      for (int i = 0; i < 150; i++) {
        out.write(new byte[1 << 20]);
      }
    }
    JobFileRun.write(
        directory,
        """
        secrets: { p: { env: P } }
        jobs:
          j:
            steps:
              - pgp.encrypt: { from: "%1$s/in.bin", to: "%1$s/in.bin.pgp", recipients: bob.pub, compress: false }
              - pgp.decrypt: { from: "%1$s/in.bin.pgp", to: "%1$s/out.bin", key: bob.sec, passphrase: "${secrets.p}" }
        """
            .formatted(directory));
    try (ForkedJvm waybill =
        ForkedJvm.running(Main.class)
            .jvmArgs("-Xmx48m")
            .args("run", "j", "-c", directory.resolve("waybill.yml").toString())
            .environment("WAYBILL_STATE", directory.resolve("state").toString())
            .environment("P", PgpKeyring.PASSPHRASE)
            .start()) {
      assertThat(waybill.awaitExit(Duration.ofSeconds(100))).as(waybill.output()).isZero();
    }
    assertThat(Files.mismatch(directory.resolve("in.bin"), directory.resolve("out.bin")))
        .isEqualTo(-1);
  }
}
