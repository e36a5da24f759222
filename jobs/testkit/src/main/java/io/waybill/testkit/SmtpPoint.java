package io.waybill.testkit;

import java.util.Locale;

/** Where in a dialogue a {@link ScriptedSmtpServer} can be told to do otherwise. */
public enum SmtpPoint {
  /** The connection is there, and TLS too if it comes first; nothing was said. */
  GREETING("2"),
  /** The handshake would begin: at once, or after the reply to STARTTLS. */
  TLS(""),
  /** EHLO was heard. */
  EHLO("2"),
  /** HELO was heard. */
  HELO("2"),
  /** STARTTLS was heard. */
  STARTTLS("220"),
  /** AUTH was heard, and no challenge was sent. */
  AUTH("235"),
  /** The last line of a login was heard; success or failure would be said now. */
  LOGIN("235"),
  /** MAIL was heard. */
  MAIL("2"),
  /** RCPT was heard. */
  RCPT("2"),
  /** DATA was heard. */
  DATA("354"),
  /** A number of bytes of the content were read, and more is to come. */
  CONTENT(""),
  /** The final dot was heard, and the message kept. */
  DOT("2"),
  /** RSET was heard. */
  RSET("2"),
  /** NOOP was heard. */
  NOOP("2"),
  /** VRFY was heard. */
  VRFY("2"),
  /** QUIT was heard. */
  QUIT("2"),
  /** Something else was heard. */
  OTHER("2");

  private final String consent;

  SmtpPoint(String consent) {
    this.consent = consent;
  }

  /** Returns the point of a command line. */
  static SmtpPoint of(String line) {
    return switch (verb(line)) {
      case "EHLO" -> EHLO;
      case "HELO" -> HELO;
      case "STARTTLS" -> STARTTLS;
      case "AUTH" -> AUTH;
      case "MAIL" -> MAIL;
      case "RCPT" -> RCPT;
      case "DATA" -> DATA;
      case "RSET" -> RSET;
      case "NOOP" -> NOOP;
      case "VRFY" -> VRFY;
      case "QUIT" -> QUIT;
      default -> OTHER;
    };
  }

  /** Returns the point that the first word names. */
  static SmtpPoint named(String where) {
    return valueOf(verb(where));
  }

  private static String verb(String line) {
    return line.split(" ", 2)[0].toUpperCase(Locale.ROOT);
  }

  /** Says whether a reply means that what was asked for happens. */
  boolean isConsent(String reply) {
    return !consent.isEmpty() && reply.startsWith(consent);
  }

  /** Says whether the client speaks in lines after this point. */
  boolean isBeforeLines() {
    return this != TLS && this != CONTENT;
  }
}
