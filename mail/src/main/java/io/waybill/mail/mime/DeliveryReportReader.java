package io.waybill.mail.mime;

import io.waybill.mail.mime.DeliveryReport.Action;
import io.waybill.mail.mime.DeliveryReport.Recipient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes a report of what was found in a message: of {@code message/delivery-status}, else of what
 * Exim and qmail have written instead of it. Nothing here fails.
 */
final class DeliveryReportReader {
  private static final int MOST_RECIPIENTS = 10_000;
  private static final int LONGEST_VALUE = 2_000;
  private static final Pattern ENHANCED =
      Pattern.compile("\\b([245])\\.(\\d{1,3})\\.(\\d{1,3})\\b");
  private static final Pattern CODE = Pattern.compile("(?:^|[^\\d.])([245])\\d\\d(?:[-: ]|$)");
  private static final Pattern QMAIL_RECIPIENT = Pattern.compile("<([^<>\\s]{3,512})>:(.*)");
  private static final String MESSAGE_ID = "Message-ID:";

  /** Of qmail, Postfix and Yahoo, which all write the same lines. */
  private static final List<String> QMAIL_BEGINS =
      List.of(
          "Hi. This is the ",
          "This is the mail system at host ",
          "This is the Postfix program at host ",
          "Sorry, we were unable to deliver your message to the following address");

  private static final String WARNING = "THIS IS A WARNING ONLY";
  private static final String EXIM_PERMANENT = "permanent error";
  private static final Pattern UNICODE = Pattern.compile("\\\\x\\{([0-9A-Fa-f]{1,6})}");

  private @Nullable String status; // the text of message/delivery-status
  private @Nullable String original; // the header block of the message that is reported about

  /** Takes the text of a part of type {@code message/delivery-status}; the first counts. */
  void status(String text) {
    if (status == null) {
      status = text;
    }
  }

  /** Takes the head of the message that is reported about; the first counts. */
  void original(String head) {
    if (original == null) {
      original = head;
    }
  }

  /**
   * Returns the report, if there is one.
   *
   * @param failedRecipients what Exim has put into {@code X-Failed-Recipients}
   * @param text of the message
   */
  Optional<DeliveryReport> report(Optional<String> failedRecipients, Optional<String> text) {
    if (status != null) {
      return Optional.of(ofStatus(status));
    }
    List<Recipient> recipients = new ArrayList<>();
    failedRecipients.ifPresent(list -> exim(list, text.orElse(""), recipients));
    if (recipients.isEmpty()) {
      text.filter(said -> isQmail(said.stripLeading())).ifPresent(said -> qmail(said, recipients));
    }
    return recipients.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new DeliveryReport(
                originalMessageId().or(() -> text.flatMap(DeliveryReportReader::copiedMessageId)),
                Optional.empty(),
                Optional.empty(),
                recipients));
  }

  private DeliveryReport ofStatus(String text) {
    List<Map<String, String>> groups = groups(text);
    Map<String, String> message = groups.isEmpty() ? Map.of() : groups.get(0);
    List<Recipient> recipients = new ArrayList<>();
    for (Map<String, String> group : groups) {
      // Some servers leave out the blank line behind the first group.
      if (group.containsKey("final-recipient") || group.containsKey("original-recipient")) {
        recipients.add(recipient(group));
      }
    }
    return new DeliveryReport(
        originalMessageId(),
        value(message, "original-envelope-id"),
        value(message, "reporting-mta").map(DeliveryReportReader::withoutType),
        recipients);
  }

  private static Recipient recipient(Map<String, String> group) {
    Optional<String> last = value(group, "final-recipient").map(DeliveryReportReader::address);
    Optional<String> first = value(group, "original-recipient").map(DeliveryReportReader::address);
    Optional<String> diagnostic = value(group, "diagnostic-code");
    Action action = action(value(group, "action").orElse(""));
    Optional<String> status = value(group, "status").flatMap(DeliveryReportReader::enhanced);
    return new Recipient(
        last.or(() -> first).orElse(""),
        first.filter(address -> !last.map(address::equalsIgnoreCase).orElse(true)),
        action,
        status
            .filter(code -> !code.endsWith(".0.0"))
            .or(() -> diagnostic.flatMap(DeliveryReportReader::said))
            .or(() -> status),
        diagnostic.map(DeliveryReportReader::withoutType),
        value(group, "remote-mta").map(DeliveryReportReader::withoutType));
  }

  private static boolean isQmail(String text) {
    return QMAIL_BEGINS.stream().anyMatch(text::startsWith) && !text.contains(WARNING);
  }

  private static void exim(String list, String text, List<Recipient> recipients) {
    Map<String, String> reasons = eximReasons(text);
    Optional<String> otherwise =
        text.contains(EXIM_PERMANENT) ? Optional.of("5.0.0") : Optional.empty();
    for (String address : list.split(",", -1)) {
      if (!address.isBlank() && recipients.size() < MOST_RECIPIENTS) {
        String why = reasons.getOrDefault(address.strip().toLowerCase(Locale.ROOT), "");
        recipients.add(
            failed(
                address.strip(),
                said(why).or(() -> otherwise),
                Optional.of(why).filter(w -> !w.isEmpty())));
      }
    }
  }

  /** An address in a line of its own, indented, and why in the lines up to a blank one. */
  private static Map<String, String> eximReasons(String text) {
    Map<String, String> reasons = new LinkedHashMap<>();
    String address = "";
    for (String line : (Iterable<String>) text.lines()::iterator) {
      if (line.startsWith("--") || reasons.size() > MOST_RECIPIENTS) {
        break; // what follows is the message itself
      }
      if (line.isBlank()) {
        address = "";
      } else if (!address.isEmpty()) {
        reasons.merge(address, cut(line.strip()), DeliveryReportReader::more);
      } else if (line.startsWith("  ") && line.contains("@")) {
        address = line.strip().toLowerCase(Locale.ROOT);
      }
    }
    return reasons;
  }

  /** {@code <you@example.net>:} in a line of its own, and why in the lines up to a blank one. */
  private static void qmail(String text, List<Recipient> recipients) {
    String address = "";
    String why = "";
    for (String line : (Iterable<String>) text.lines()::iterator) {
      if (line.startsWith("--- ")) {
        break; // what follows is the message itself
      }
      Matcher begin = QMAIL_RECIPIENT.matcher(line);
      boolean isOver = line.isBlank() || begin.matches();
      if (isOver && !address.isEmpty() && recipients.size() < MOST_RECIPIENTS) {
        recipients.add(failed(address, said(why), Optional.of(why).filter(w -> !w.isEmpty())));
      }
      if (isOver) {
        address = begin.matches() ? begin.group(1) : "";
        why = begin.matches() ? cut(begin.group(2).strip()) : "";
      } else if (!address.isEmpty()) {
        why = more(why, line);
      }
    }
    if (!address.isEmpty()) {
      recipients.add(failed(address, said(why), Optional.of(why).filter(w -> !w.isEmpty())));
    }
  }

  private static Recipient failed(
      String address, Optional<String> status, Optional<String> diagnostic) {
    return new Recipient(
        address, Optional.empty(), Action.FAILED, status, diagnostic, Optional.empty());
  }

  private static Action action(String word) {
    return switch (word.strip().toLowerCase(Locale.ROOT)) {
      case "failed", "failure" -> Action.FAILED;
      case "delayed" -> Action.DELAYED;
      case "delivered" -> Action.DELIVERED;
      case "relayed" -> Action.RELAYED;
      case "expanded" -> Action.EXPANDED;
      default -> Action.UNKNOWN;
    };
  }

  private Optional<String> originalMessageId() {
    return original == null
        ? Optional.empty()
        : groups(original).stream()
            .findFirst()
            .flatMap(head -> value(head, "message-id"))
            .filter(id -> !id.isEmpty());
  }

  /** Behind a line of dashes a copy of the message follows in the text. */
  private static Optional<String> copiedMessageId(String text) {
    return text.lines()
        .dropWhile(line -> !line.startsWith("--"))
        .filter(line -> line.regionMatches(true, 0, MESSAGE_ID, 0, MESSAGE_ID.length()))
        .map(line -> cut(line.substring(MESSAGE_ID.length()).strip()))
        .findFirst();
  }

  private static Optional<String> enhanced(String text) {
    Matcher code = ENHANCED.matcher(text);
    return code.find() ? Optional.of(code.group()) : Optional.empty();
  }

  /** What a server said gives an enhanced code, or at least its class. */
  private static Optional<String> said(String text) {
    Matcher code = CODE.matcher(text);
    return enhanced(text)
        .or(() -> code.find() ? Optional.of(code.group(1) + ".0.0") : Optional.empty());
  }

  /** {@code rfc822; you@example.net}; some leave out the type, some write angle brackets. */
  private static String address(String field) {
    String address = decoded(field);
    return address.startsWith("<") && address.endsWith(">")
        ? address.substring(1, address.length() - 1)
        : address;
  }

  /** {@code utf-8; g\\x{FC}n@example.net} (RFC 6533 3). */
  private static String decoded(String field) {
    String address = withoutType(field);
    if (!field.regionMatches(true, 0, "utf-8", 0, 5)) {
      return address;
    }
    return UNICODE
        .matcher(address)
        .replaceAll(
            match -> {
              int code = Integer.parseInt(match.group(1), 16);
              return Matcher.quoteReplacement(
                  Character.isValidCodePoint(code) && code > 0x7f
                      ? Character.toString(code)
                      : match.group());
            });
  }

  private static String withoutType(String field) {
    int semicolon = field.indexOf(';');
    boolean isType =
        semicolon > 0
            && field.substring(0, semicolon).chars().allMatch(c -> c > ' ' && c != '@' && c != ':');
    return (isType ? field.substring(semicolon + 1) : field).strip();
  }

  private static Optional<String> value(Map<String, String> group, String name) {
    return Optional.ofNullable(group.get(name));
  }

  /** Reads groups of fields with a blank line between them. */
  private static List<Map<String, String>> groups(String text) {
    List<Map<String, String>> groups = new ArrayList<>();
    Map<String, String> group = new LinkedHashMap<>();
    String name = "";
    for (String line : (Iterable<String>) text.lines()::iterator) {
      if (line.isBlank()) {
        if (!group.isEmpty()) {
          groups.add(group);
          group = new LinkedHashMap<>();
        }
        name = "";
      } else if (line.charAt(0) == ' ' || line.charAt(0) == '\t') {
        group.computeIfPresent(name, (key, value) -> more(value, line));
      } else {
        int colon = line.indexOf(':');
        name = colon < 0 ? "" : line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
        if (colon > 0) {
          group.putIfAbsent(name, cut(line.substring(colon + 1).strip()));
        }
      }
      if (groups.size() > MOST_RECIPIENTS) {
        return groups;
      }
    }
    if (!group.isEmpty()) {
      groups.add(group);
    }
    return groups;
  }

  /** A value that is full is not copied for each line that follows. */
  private static String more(String value, String line) {
    return value.length() == LONGEST_VALUE ? value : cut((value + " " + line.strip()).strip());
  }

  private static String cut(String value) {
    return value.length() <= LONGEST_VALUE ? value : value.substring(0, LONGEST_VALUE);
  }
}
