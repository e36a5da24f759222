package io.waybill.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ScriptedSmtpServer} answers by itself on one connection, and what it remembers of
 * it. To ask changes nothing but the greylist; what was consented to is told to {@link #accept}.
 */
final class SmtpManners {
  /** What comes after a reply. */
  enum Next {
    COMMAND,
    CONTENT,
    TLS,
    END
  }

  private static final String NAME = "scripted.test";
  private static final String OUT_OF_ORDER = "503 5.5.1 bad sequence of commands";
  private static final String SYNTAX = "501 5.5.4 syntax error in arguments";
  private static final Map<String, String> PARAMETERS =
      Map.of(
          "SIZE", "SIZE",
          "BODY", "8BITMIME",
          "RET", "DSN",
          "ENVID", "DSN",
          "NOTIFY", "DSN",
          "ORCPT", "DSN",
          "AUTH", "AUTH");

  private final SmtpTerms terms;
  private final SmtpLedger ledger;
  private final int number;
  private boolean isGreeted;
  private boolean isExtended;
  private String helo = "";
  private String tlsVersion = "";
  private @Nullable String user;
  private @Nullable SmtpPath sender;
  private List<SmtpPath> recipients = new ArrayList<>();
  private Next next = Next.COMMAND;

  SmtpManners(SmtpTerms terms, SmtpLedger ledger, int number) {
    this.terms = terms;
    this.ledger = ledger;
    this.number = number;
  }

  /** Returns what the server says: its objection, or else its consent. */
  List<String> answer(SmtpPoint point, String argument) {
    Optional<String> objection = objection(point, argument);
    if (objection.isPresent()) {
      return List.of(polished(objection.get()));
    }
    if (point != SmtpPoint.EHLO) {
      return List.of(polished(consent(point)));
    }
    List<String> lines = new ArrayList<>(List.of(NAME));
    lines.addAll(terms.extensions(isSecured()));
    for (int i = 0; i < lines.size(); i++) {
      lines.set(i, "250" + (i < lines.size() - 1 ? "-" : " ") + lines.get(i));
    }
    return lines;
  }

  /** Returns the refusal of what is asked for, if there is something against it. */
  Optional<String> objection(SmtpPoint point, String argument) {
    if (point == SmtpPoint.GREETING) {
      return ledger.openConnections() > terms.connectionLimit
          ? Optional.of("421 4.7.0 too many connections")
          : Optional.empty();
    }
    if (!isGreeted && point != SmtpPoint.QUIT) {
      return Optional.of(OUT_OF_ORDER); // RFC 5321 3.1
    }
    String objection =
        switch (point) {
          case EHLO, HELO -> argument.isEmpty() ? SYNTAX : "";
          case STARTTLS -> objectionToTls(argument);
          case AUTH -> objectionToLogin(argument);
          case MAIL -> objectionToMail(argument);
          case RCPT -> objectionToRcpt(argument);
          case DATA -> recipients.isEmpty() ? OUT_OF_ORDER : argument.isEmpty() ? "" : SYNTAX;
          case RSET, QUIT -> argument.isEmpty() ? "" : SYNTAX;
          case OTHER -> "500 5.5.1 command not recognized";
          default -> "";
        };
    return Optional.of(objection).filter(text -> !text.isEmpty());
  }

  private static String consent(SmtpPoint point) {
    return switch (point) {
      case GREETING -> "220 " + NAME + " ESMTP";
      case HELO -> "250 " + NAME;
      case STARTTLS -> "220 2.0.0 ready to start TLS";
      case MAIL -> "250 2.1.0 Ok";
      case RCPT -> "250 2.1.5 Ok";
      case DATA -> "354 end with <CRLF>.<CRLF>";
      case VRFY -> "252 2.0.0 send some mail, and see";
      case QUIT -> "221 2.0.0 Bye";
      default -> "250 2.0.0 Ok";
    };
  }

  /** Says whether the content was small enough, and with which name it was queued. */
  String answerToDot(ReceivedMail mail) {
    long limit = terms.sizeLimitBytes;
    return polished(
        limit > 0 && mail.sizeBytes() > limit
            ? "552 5.3.4 message too big"
            : "250 2.0.0 Ok: queued as " + mail.queueId());
  }

  /** Takes the enhanced code out of a reply if the server does not offer them (RFC 2034). */
  String polished(String reply) {
    return terms.keywords(isSecured()).contains(SmtpTerms.ENHANCED_CODES)
        ? reply
        : reply.replaceFirst("^(\\d{3} )\\d\\.\\d+\\.\\d+ ", "$1");
  }

  private String objectionToTls(String argument) {
    if (!offers("STARTTLS") && !isSecured()) {
      return "502 5.5.1 command not implemented";
    }
    if (isSecured()) {
      return OUT_OF_ORDER;
    }
    if (!argument.isEmpty()) {
      return SYNTAX;
    }
    return terms.tls == null ? "454 4.7.0 TLS not available" : "";
  }

  private String objectionToLogin(String argument) {
    String mechanism = argument.split(" ", 2)[0].toUpperCase(Locale.ROOT);
    if (!terms.logins.mayTry(isSecured())) {
      return "538 5.7.11 encryption required for authentication";
    }
    if (!offers("AUTH")) {
      return "502 5.5.1 command not implemented";
    }
    if (!isExtended || user != null || sender != null) {
      return OUT_OF_ORDER;
    }
    return terms.logins.offered().contains(mechanism) ? "" : "504 5.5.4 mechanism not offered";
  }

  private String objectionToMail(String argument) {
    if (helo.isEmpty() || sender != null) {
      return OUT_OF_ORDER;
    }
    if (terms.requiresTls && !isSecured()) {
      return "530 5.7.0 must issue a STARTTLS command first";
    }
    if (terms.requiresLogin && user == null) {
      return "530 5.7.0 authentication required";
    }
    Optional<SmtpPath> path = SmtpPath.parse("FROM:", argument);
    if (path.isEmpty()) {
      return SYNTAX;
    }
    Map<String, String> parameters = path.get().parameters();
    String size = parameters.getOrDefault("SIZE", "0");
    String body = parameters.getOrDefault("BODY", "7BIT");
    if (!size.matches("\\d{1,18}") || !body.matches("(?i)7BIT|8BITMIME")) {
      return SYNTAX;
    }
    long limit = terms.sizeLimitBytes;
    if (limit > 0 && Long.parseLong(size) > limit) {
      return "552 5.3.4 message size exceeds fixed limit"; // RFC 1870 6.1
    }
    return objectionToPath(path.get(), parameters);
  }

  private String objectionToRcpt(String argument) {
    SmtpPath from = sender;
    if (from == null) {
      return OUT_OF_ORDER;
    }
    Optional<SmtpPath> path = SmtpPath.parse("TO:", argument);
    if (path.isEmpty() || path.get().address().isEmpty()) {
      return SYNTAX;
    }
    String objection = objectionToPath(path.get(), from.parameters());
    if (!objection.isEmpty()) {
      return objection;
    }
    if (recipients.size() >= terms.recipientLimit) {
      return "452 4.5.3 too many recipients";
    }
    return terms.isToWait(from, path.get()) ? "451 4.7.1 greylisted, please try again later" : "";
  }

  private String objectionToPath(SmtpPath path, Map<String, String> ofMail) {
    Set<String> offered = isExtended ? terms.keywords(isSecured()) : Set.of();
    for (String name : path.parameters().keySet()) {
      if (!offered.contains(PARAMETERS.getOrDefault(name, name))) {
        return "555 5.5.4 parameter not recognized: " + name;
      }
    }
    return path.isAscii() || ofMail.containsKey("SMTPUTF8")
        ? ""
        : "553 5.6.7 an address that is not ASCII needs SMTPUTF8";
  }

  /** Remembers that what was asked for was consented to. */
  void accept(SmtpPoint point, String argument) {
    switch (point) {
      case GREETING -> isGreeted = true;
      case EHLO, HELO -> {
        helo = argument;
        isExtended = point == SmtpPoint.EHLO;
        forgetTransaction();
      }
      case STARTTLS -> next = Next.TLS;
      case MAIL -> sender = SmtpPath.parse("FROM:", argument).orElse(unread(argument));
      case RCPT -> recipients.add(SmtpPath.parse("TO:", argument).orElse(unread(argument)));
      case DATA -> next = Next.CONTENT;
      case RSET -> forgetTransaction();
      case QUIT -> {
        ledger.closed(number); // before the client hears it, and opens another
        next = Next.END;
      }
      default -> {
        // nothing to remember
      }
    }
  }

  private static SmtpPath unread(String argument) {
    return new SmtpPath(argument, Map.of());
  }

  void logIn(String name) {
    user = name;
    ledger.loggedIn();
  }

  /** Forgets what was said in clear (RFC 3207 4.2). */
  void secured(String version) {
    tlsVersion = version;
    helo = "";
    user = null;
    forgetTransaction();
  }

  void forgetTransaction() {
    sender = null;
    recipients = new ArrayList<>();
  }

  ReceivedMail receive(SmtpContent content) {
    SmtpPath from = sender == null ? unread("") : sender;
    SmtpPeer client = new SmtpPeer(number, helo, user == null ? "" : user, tlsVersion);
    return new ReceivedMail(ledger.nextQueueId(), client, from, recipients, content);
  }

  /** Returns what comes now, once. */
  Next takeNext() {
    Next now = next;
    next = Next.COMMAND;
    return now;
  }

  private boolean isSecured() {
    return !tlsVersion.isEmpty();
  }

  private boolean offers(String keyword) {
    return terms.keywords(isSecured()).contains(keyword);
  }
}
