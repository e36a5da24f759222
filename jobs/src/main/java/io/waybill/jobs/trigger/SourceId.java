package io.waybill.jobs.trigger;

import io.waybill.jobs.Trigger;
import io.waybill.jobs.ledger.Source;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names what a trigger looks at, and what it finds there, for the ledger. */
final class SourceId {
  private static final int HEX_DIGITS = 32;

  private SourceId() {}

  /**
   * Names a trigger's source by where it looks: what it looks for may change, and what was found by
   * then stays found. Of one job no two triggers look at one place.
   */
  static String of(Trigger trigger) {
    String place =
        trigger instanceof Trigger.FilesArrive files
            ? "files\n" + files.directory()
            : "mail\n" + ((Trigger.MailArrives) trigger).folder();
    return sha256(place).substring(0, HEX_DIGITS);
  }

  /** Returns what a person calls a trigger's source. */
  static String name(Trigger trigger) {
    return trigger instanceof Trigger.FilesArrive files
        ? files.directory()
        : ((Trigger.MailArrives) trigger).folder().connection()
            + ":"
            + ((Trigger.MailArrives) trigger).folder().name();
  }

  /** Names the lease of who watches a source. */
  static String lease(Source source) {
    return "source " + source.job() + " " + source.id();
  }

  static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
