package io.waybill.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** What a {@link ScriptedSmtpServer} offers and insists on; it may change at any time. */
final class SmtpTerms {
  static final String ENHANCED_CODES = "ENHANCEDSTATUSCODES";
  static final long USUAL_SIZE_BYTES = 10_000_000;

  /** The lines of EHLO as the test wants them, instead of the usual ones. */
  volatile @Nullable List<String> fixedExtensions;

  /** Keywords in upper case that are left out of EHLO. */
  volatile Set<String> withheld = Set.of();

  /** The largest content; 0 if there is no limit. */
  volatile long sizeLimitBytes = USUAL_SIZE_BYTES;

  volatile int recipientLimit = Integer.MAX_VALUE;
  volatile int connectionLimit = Integer.MAX_VALUE;
  volatile int mostKeptBytes = Integer.MAX_VALUE;
  volatile boolean announcesLimits;
  volatile boolean isGreylisting;
  volatile boolean requiresTls;
  volatile boolean requiresLogin;
  volatile boolean isSecuredFromTheStart;
  volatile @Nullable SSLContext tls;

  final SmtpLogins logins = new SmtpLogins();
  private final Set<String> greylist = ConcurrentHashMap.newKeySet();

  /** Returns the lines of EHLO behind the first. */
  List<String> extensions(boolean isSecured) {
    List<String> fixed = fixedExtensions;
    List<String> lines = fixed == null ? usual(isSecured) : fixed;
    return lines.stream().filter(line -> !withheld.contains(keyword(line))).toList();
  }

  private List<String> usual(boolean isSecured) {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "PIPELINING",
                "SIZE " + sizeLimitBytes,
                "8BITMIME",
                ENHANCED_CODES,
                "SMTPUTF8",
                "DSN"));
    if (tls != null && !isSecured) {
      lines.add("STARTTLS");
    }
    if (logins.areOffered(isSecured)) {
      lines.add("AUTH " + String.join(" ", logins.offered()));
    }
    if (announcesLimits && recipientLimit < Integer.MAX_VALUE) {
      lines.add("LIMITS RCPTMAX=" + recipientLimit);
    }
    return lines;
  }

  /** Returns the keywords of EHLO, in upper case. */
  Set<String> keywords(boolean isSecured) {
    return extensions(isSecured).stream().map(SmtpTerms::keyword).collect(Collectors.toSet());
  }

  void withhold(String... keywords) {
    withheld = Stream.of(keywords).map(SmtpTerms::keyword).collect(Collectors.toUnmodifiableSet());
  }

  private static String keyword(String line) {
    return line.split(" ", 2)[0].toUpperCase(Locale.ROOT);
  }

  /** Says whether to put a recipient off, which is so the first time only. */
  boolean isToWait(SmtpPath sender, SmtpPath recipient) {
    return isGreylisting && greylist.add(sender.address() + " to " + recipient.address());
  }
}
