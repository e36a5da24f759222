package io.waybill.jobs.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every key of the {@code pgp} steps once as written and once left out, and what is refused. */
class PgpKeysTest {
  @TempDir Path directory;

  private OneStepFile file() {
    return new OneStepFile(directory);
  }

  @Test
  void encrypt() {
    PgpEncryptStep usual =
        file()
            .bind(
                "{ pgp.encrypt: { from: /a, to: /b, recipients: k.pub } }",
                "x",
                PgpEncryptStep.class);
    assertThat(usual.to()).isEqualTo(new PgpTarget(Path.of("/b"), false));
    assertThat(usual.recipients()).containsExactly(directory.resolve("k.pub"));
    assertThat(usual.signer()).isEmpty();
    assertThat(usual.manner()).isEqualTo(new PgpEncryptStep.Manner(false, true));

    PgpEncryptStep all =
        file()
            .bind(
                "{ pgp.encrypt: { from: [/a, /c], to: '/b/${params.p}/', recipients: [k, l], sign-key: m, sign-passphrase: '${secrets.s}', armor: true, compress: false } }",
                "x",
                PgpEncryptStep.class);
    assertThat(all.from()).containsExactly(Path.of("/a"), Path.of("/c"));
    assertThat(all.to()).isEqualTo(new PgpTarget(Path.of("/b/x"), true));
    assertThat(all.signer().orElseThrow().file()).isEqualTo(directory.resolve("m"));
    assertThat(all.signer().orElseThrow().passphrase()).isPresent();
    assertThat(all.manner()).isEqualTo(new PgpEncryptStep.Manner(true, false));
    assertThat(all.toString()).doesNotContain("hush-hush");
  }

  @Test
  void decrypt() {
    PgpDecryptStep usual =
        file().bind("{ pgp.decrypt: { from: /a, to: /b, key: k } }", "x", PgpDecryptStep.class);
    assertThat(usual.key()).isEqualTo(new PgpKeyFile(directory.resolve("k"), Optional.empty()));
    assertThat(usual.signedBy()).isEmpty();
    assertThat(usual.mostBytes()).isEqualTo(10L << 30);

    PgpDecryptStep all =
        file()
            .bind(
                "{ pgp.decrypt: { from: [/a.pgp, /c.ASC], to: /b/, key: k, passphrase: '${secrets.s}', signed-by: [p, q], max-size: 1MiB } }",
                "x",
                PgpDecryptStep.class);
    assertThat(all.to().isDirectory()).isTrue();
    assertThat(all.key().passphrase()).isPresent();
    assertThat(all.signedBy()).hasSize(2);
    assertThat(all.mostBytes()).isEqualTo(1 << 20);
  }

  @Test
  void verify() {
    PgpVerifyStep beside =
        file()
            .bind(
                "{ pgp.verify: { from: /a, signature: /a.sig, signed-by: k } }",
                "x",
                PgpVerifyStep.class);
    assertThat(beside.signature()).contains(Path.of("/a.sig"));
    assertThat(beside.to()).isEmpty();
    PgpVerifyStep inside =
        file()
            .bind(
                "{ pgp.verify: { from: /a.pgp, to: /b, signed-by: k, max-size: 1B } }",
                "x",
                PgpVerifyStep.class);
    assertThat(inside.signature()).isEmpty();
    assertThat(inside.to()).contains(new PgpTarget(Path.of("/b"), false));
    assertThat(inside.mostBytes()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          pgp.encrypt: { from: [], to: /b, recipients: k }             | "from" is an empty list
          pgp.encrypt: { from: /a, to: /b, recipients: [] }            | nobody could read it
          pgp.encrypt: { from: [/a, /c], to: /b, recipients: k }       | end it in "/" for a directory
          pgp.encrypt: { from: 'site:/a', to: /b, recipients: k }      | "copy" it here before
          pgp.encrypt: { from: /a, to: 'site:/b', recipients: k }      | or there afterwards
          pgp.encrypt: { from: /a, to: /b, recipients: k, sign-passphrase: '${secrets.s}' } | there is no "sign-key"
          pgp.encrypt: { from: /a, to: /b, recipients: k, sign-key: '${secrets.s}' } | a secret may stand only in a key
          pgp.decrypt: { from: /a, to: /b/, key: k }                   | does not end in .pgp, .gpg or .asc
          pgp.decrypt: { from: /a, to: /b, key: k, passphrase: p }     | "passphrase" takes no value in this file
          pgp.verify: { from: /a, signed-by: [] }                      | nobody could have signed it
          pgp.verify: { from: /a, signature: /s, to: /b, signed-by: k } | "signature" is beside it
          """)
  void whatIsRefusedAtLoad(String step, String why) {
    assertThat(file().problems("{ " + step + " }"))
        .singleElement()
        .asString()
        .contains(why.strip());
  }
}
