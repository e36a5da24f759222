package io.waybill.transfer.sftp;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lines of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). A line that cannot be
 * read vouches for nobody, as with ssh; {@code @cert-authority} lines are left out.
 */
final class KnownHosts {
  private static final Logger LOG = LoggerFactory.getLogger(KnownHosts.class);
  private static final String HASHED = "|1|";
  private static final int SSH_PORT = 22;

  private record Line(boolean revoked, String names, HostKey key) {}

  private final List<Line> lines = new ArrayList<>();

  static KnownHosts parse(List<String> text) {
    KnownHosts hosts = new KnownHosts();
    for (String each : text) {
      String[] words = each.strip().split("\\s+", -1);
      boolean marked = words[0].startsWith("@");
      int first = marked ? 1 : 0;
      if (words.length < first + 3
          || words[0].startsWith("#")
          || (marked && !words[0].equals("@revoked"))) {
        continue;
      }
      try {
        HostKey key = new HostKey(Base64.getDecoder().decode(words[first + 2]));
        if (key.type().equals(words[first + 1])) {
          hosts.lines.add(new Line(marked, words[first], key));
        }
      } catch (IllegalArgumentException e) {
        LOG.debug("event=known-hosts-line-unreadable", e);
      }
    }
    return hosts;
  }

  /** Returns how a host stands in the file: {@code [host]:port} unless the port is 22. */
  static String nameOf(String host, int port) {
    String small = host.toLowerCase(Locale.ROOT);
    return port == SSH_PORT ? small : "[" + small + "]:" + port;
  }

  /** Returns the keys that stand for a host. */
  List<HostKey> keys(String host, int port) {
    return select(nameOf(host, port), false);
  }

  boolean isRevoked(String host, int port, HostKey key) {
    return select(nameOf(host, port), true).contains(key);
  }

  private List<HostKey> select(String name, boolean revoked) {
    return lines.stream()
        .filter(each -> each.revoked() == revoked && matches(each.names(), name))
        .map(Line::key)
        .distinct()
        .toList();
  }

  private static boolean matches(String names, String name) {
    if (names.startsWith(HASHED)) {
      return matchesHash(names.substring(HASHED.length()), name);
    }
    boolean found = false;
    for (String each : names.split(",", -1)) {
      boolean negated = each.startsWith("!");
      String pattern = (negated ? each.substring(1) : each).toLowerCase(Locale.ROOT);
      if (glob(pattern, 0, name, 0)) {
        if (negated) {
          return false;
        }
        found = true;
      }
    }
    return found;
  }

  // <base64 salt>|<base64 HMAC-SHA1 of the name>
  private static boolean matchesHash(String hashed, String name) {
    String[] parts = hashed.split("\\|", -1);
    if (parts.length != 2) {
      return false;
    }
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(Base64.getDecoder().decode(parts[0]), "HmacSHA1"));
      return MessageDigest.isEqual(
          mac.doFinal(name.getBytes(StandardCharsets.UTF_8)), Base64.getDecoder().decode(parts[1]));
    } catch (IllegalArgumentException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA1", e);
    }
  }

  private static boolean glob(String pattern, int atPattern, String name, int atName) {
    int p = atPattern;
    int n = atName;
    while (p < pattern.length()) {
      char wanted = pattern.charAt(p);
      if (wanted == '*') {
        for (int from = n; from <= name.length(); from++) {
          if (glob(pattern, p + 1, name, from)) {
            return true;
          }
        }
        return false;
      }
      if (n >= name.length() || (wanted != '?' && wanted != name.charAt(n))) {
        return false;
      }
      p++;
      n++;
    }
    return n == name.length();
  }
}
