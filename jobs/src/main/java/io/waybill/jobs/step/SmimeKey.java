package io.waybill.jobs.step;

import io.waybill.jobs.Secret;
import io.waybill.mail.MailException;
import io.waybill.mail.MessageSeal;
import io.waybill.mail.smime.SmimeIdentity;
import io.waybill.mail.smime.SmimeSigner;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A key that signs mail, read at each use and kept nowhere.
 *
 * @param file a PKCS #12 file with one key and its certificates
 * @param password of the file
 */
record SmimeKey(Path file, Secret password) {
  SmimeKey {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(password, "password");
  }

  /**
   * Reads the key.
   *
   * @throws MailException.KeyUnusable if it cannot be read, or mail may not be signed with it
   */
  MessageSeal signer() {
    return SmimeSigner.builder().identity(SmimeIdentity.pkcs12(file, password)).build();
  }
}
