package io.waybill.jobs.log;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Remembers secrets that were handed out and blots them out of text: as they are, percent-encoded,
 * escaped as in JSON, and in Base64 wherever they begin in what was encoded (a login sends user and
 * password in one piece). Safe for use by many threads.
 */
public final class SecretMask {
  /** Shorter ones would blot out half of every text and hide nothing. */
  static final int SHORTEST = 4;

  private static final String BLOT = "***";
  private static final int SHORTEST_ENCODED = 6;
  private static final int SHORTEST_LINE = 8;
  private static final SecretMask OF_THIS_PROCESS = new SecretMask();

  // Longest first, so that no remainder of a longer one is left over. Replaced as a whole, never
  // changed.
  private volatile List<String> forms = List.of();

  /** Creates a mask that knows nothing. */
  public SecretMask() {}

  /**
   * Returns the mask of this process's log: the log is one for all, and so is what must not be in
   * it.
   */
  public static SecretMask ofThisProcess() {
    return OF_THIS_PROCESS;
  }

  /** Remembers a secret; one of less than four characters is not masked. */
  public void remember(String secret) {
    if (secret.length() < SHORTEST || forms.contains(secret)) {
      return;
    }
    Set<String> more = new LinkedHashSet<>();
    more.add(secret);
    more.add(URLEncoder.encode(secret, StandardCharsets.UTF_8));
    more.add(URLEncoder.encode(secret, StandardCharsets.UTF_8).replace("+", "%20"));
    more.add(secret.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"));
    secret.lines().filter(line -> line.length() >= SHORTEST_LINE).forEach(more::add);
    addBase64(secret, more);
    add(more);
  }

  /** Returns the text with every remembered secret blotted out. */
  public String mask(String text) {
    String masked = text;
    for (String form : forms) {
      if (masked.contains(form)) {
        masked = masked.replace(form, BLOT);
      }
    }
    return masked;
  }

  private synchronized void add(Set<String> more) {
    Set<String> all = new LinkedHashSet<>(forms);
    all.addAll(more);
    List<String> sorted = new ArrayList<>(all);
    sorted.sort(Comparator.comparingInt(String::length).reversed());
    forms = List.copyOf(sorted);
  }

  // Base64 takes three bytes at a time, so the same bytes have three forms, by how many stand
  // before them. Of each only
  // those characters are taken that no neighbouring byte has a part in:
  //   before 0: all of 8n bits from the first character     before 1: bits 8.., from character 2
  // (12 bits)
  //   before 2: bits 16.., from character 3 (18 bits)
  private static void addBase64(String secret, Set<String> forms) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    for (int before = 0; before < 3; before++) {
      byte[] padded = new byte[before + bytes.length];
      System.arraycopy(bytes, 0, padded, before, bytes.length);
      int from = (before * 8 + 5) / 6;
      int to = padded.length * 8 / 6;
      for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
        String form = encoder.encodeToString(padded).substring(from, Math.max(from, to));
        if (form.length() >= SHORTEST_ENCODED) {
          forms.add(form);
        }
      }
    }
    forms.add(Base64.getEncoder().encodeToString(bytes));
  }
}
