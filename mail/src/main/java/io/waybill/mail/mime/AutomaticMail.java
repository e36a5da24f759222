package io.waybill.mail.mime;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Tells mail of programs and lists by its headers (RFC 3834 2, and what is done besides). */
final class AutomaticMail {
  private static final Set<String> PRECEDENCES = Set.of("bulk", "junk", "list", "auto_reply");
  private static final List<String> MARKS =
      List.of(
          "List-Id",
          "List-Unsubscribe",
          "List-Post",
          "X-Autoreply",
          "X-Autorespond",
          "X-Auto-Response-Suppress",
          "X-Failed-Recipients");

  private AutomaticMail() {}

  static boolean is(ParsedMail mail) {
    boolean isSaid =
        mail.header("Auto-Submitted").filter(value -> !word(value).equals("no")).isPresent()
            || mail.header("Precedence").filter(v -> PRECEDENCES.contains(word(v))).isPresent()
            || MARKS.stream().anyMatch(name -> mail.header(name).isPresent());
    boolean isFromNobody =
        mail.header("Return-Path").filter(path -> path.strip().equals("<>")).isPresent();
    boolean isReport = mail.structure().contentType().equals("multipart/report");
    return isSaid
        || isFromNobody
        || isReport
        || mail.deliveryReport().isPresent()
        || isFromMailer(mail);
  }

  private static boolean isFromMailer(ParsedMail mail) {
    return mail.from().stream()
        .map(address -> address.address().toLowerCase(Locale.ROOT))
        .anyMatch(
            address -> address.startsWith("mailer-daemon@") || address.startsWith("postmaster@"));
  }

  /** Without parameters and comments. */
  private static String word(String value) {
    return value.strip().split("[;\\s(]", 2)[0].toLowerCase(Locale.ROOT);
  }
}
