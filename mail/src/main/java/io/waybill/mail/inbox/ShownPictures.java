package io.waybill.mail.inbox;

import io.waybill.mail.mime.ParsedMail;
import io.waybill.mail.mime.ReceivedAttachment;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells which pictures of a message its HTML shows. That a part is called inline is not enough:
 * programs that send photos call them so without any HTML.
 */
final class ShownPictures {
  /** What an attribute's value or CSS's url() begins with, as RFC 2392 has it. */
  private static final Pattern CID =
      Pattern.compile("[=(\"']\\s*cid:([^\"'\\s<>()]{1,998})", Pattern.CASE_INSENSITIVE);

  private static final Pattern PERCENT = Pattern.compile("%(?![0-9A-Fa-f]{2})");

  private final Set<String> ids = new HashSet<>();

  ShownPictures(ParsedMail mail) {
    Matcher cids = CID.matcher(mail.html().orElse(""));
    while (cids.find()) {
      String id = cids.group(1);
      ids.add(id); // many write it as it is
      ids.add(decoded(id.replace("&amp;", "&")));
    }
  }

  boolean contains(ReceivedAttachment each) {
    return each.contentType().startsWith("image/")
        && each.contentId().filter(ids::contains).isPresent();
  }

  private static String decoded(String id) {
    String escaped = PERCENT.matcher(id).replaceAll("%25").replace("+", "%2B");
    return URLDecoder.decode(escaped, StandardCharsets.UTF_8);
  }
}
