package io.waybill.transfer.http;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Digest.Algorithm;
import java.net.http.HttpHeaders;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what a server tells of a file's digest: Repr-Digest and Content-Digest (RFC 9530), Digest
 * (RFC 3230), Content-MD5 (RFC 1864), and what object stores and artifact stores call it. What
 * cannot be read is as good as not told.
 */
final class DigestHeaders {
  /** What is asked for (RFC 9530 4). */
  static final Map<String, String> WANTED =
      Map.of("Want-Repr-Digest", "sha-256=9, sha-512=5", "Want-Digest", "sha-256;q=1");

  private static final Logger LOG = LoggerFactory.getLogger(DigestHeaders.class);

  // sha-256 runs along anyway
  private static final List<Algorithm> BEST_FIRST =
      List.of(Algorithm.SHA_256, Algorithm.SHA_512, Algorithm.SHA_1, Algorithm.MD5);

  private final Map<Algorithm, Digest> told = new EnumMap<>(Algorithm.class);

  private DigestHeaders() {}

  /**
   * Reads the headers of an answer.
   *
   * @param isWhole whether its content is the whole file: what is told of the content then holds
   *     for the file
   */
  static Optional<Digest> of(HttpHeaders headers, boolean isWhole) {
    DigestHeaders found = new DigestHeaders();
    found.lists(headers.allValues("Repr-Digest"));
    found.lists(headers.allValues("Digest"));
    if (isWhole) {
      found.lists(headers.allValues("Content-Digest"));
      headers.firstValue("Content-MD5").ifPresent(md5 -> found.base64(Algorithm.MD5, md5));
    }
    // of objects uploaded in parts these end in "-<parts>" and are a digest of digests
    headers
        .firstValue("x-amz-checksum-sha256")
        .filter(value -> value.indexOf('-') < 0)
        .ifPresent(value -> found.base64(Algorithm.SHA_256, value));
    headers.firstValue("X-Checksum-Sha256").ifPresent(hex -> found.hex(Algorithm.SHA_256, hex));
    headers.firstValue("X-Checksum-Sha1").ifPresent(hex -> found.hex(Algorithm.SHA_1, hex));
    return BEST_FIRST.stream().filter(found.told::containsKey).map(found.told::get).findFirst();
  }

  // sha-256=:<base64>: of RFC 9530, or SHA-256=<base64> of RFC 3230, several with commas
  private void lists(List<String> values) {
    for (String value : values) {
      for (String member : value.split(",", -1)) {
        String[] parts = member.split("=", 2);
        Optional<Algorithm> algorithm = parts.length < 2 ? Optional.empty() : algorithm(parts[0]);
        algorithm.ifPresent(each -> base64(each, unwrapped(parts[1])));
      }
    }
  }

  private static String unwrapped(String item) {
    String text = item.strip();
    int end = text.startsWith(":") ? text.indexOf(':', 1) : -1;
    return end > 0 ? text.substring(1, end) : text;
  }

  private static Optional<Algorithm> algorithm(String name) {
    return switch (name.strip().toLowerCase(Locale.ROOT)) {
      case "sha-256" -> Optional.of(Algorithm.SHA_256);
      case "sha-512" -> Optional.of(Algorithm.SHA_512);
      case "sha", "sha-1" -> Optional.of(Algorithm.SHA_1);
      case "md5" -> Optional.of(Algorithm.MD5);
      default -> Optional.empty();
    };
  }

  private void base64(Algorithm algorithm, String text) {
    try {
      told.putIfAbsent(algorithm, Digest.of(algorithm, Base64.getDecoder().decode(text.strip())));
    } catch (IllegalArgumentException e) {
      LOG.info("event=http-digest-unreadable algorithm={}", algorithm.label());
    }
  }

  private void hex(Algorithm algorithm, String text) {
    try {
      told.putIfAbsent(algorithm, new Digest(algorithm, text.strip()));
    } catch (IllegalArgumentException e) {
      LOG.info("event=http-digest-unreadable algorithm={}", algorithm.label());
    }
  }
}
