package io.waybill.mail.template;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Knows what to write after the text of one link. */
final class TextLink {
  // others mean nothing on paper, or nothing good: javascript, cid, an anchor in the page
  private static final Pattern SHOWN = Pattern.compile("(?i)(https?|ftp|mailto|tel|sms):.+");
  private static final Pattern BREAKS = Pattern.compile("[\\n\\t]");
  private static final Pattern MAIL = Pattern.compile("mailto:([^?]*).*");
  private static final Pattern BARE = Pattern.compile("(?:https?://|ftp://|tel:|sms:)?(.*?)/?");
  private static final int SLACK = 100;

  private final String address;
  private final StringBuilder text = new StringBuilder();

  TextLink(String href) {
    String clean = BREAKS.matcher(Characters.clean(href).strip()).replaceAll("");
    address =
        SHOWN.matcher(clean).matches()
            ? clean.replace(" ", "%20").replace("<", "%3C").replace(">", "%3E")
            : "";
  }

  /** Hears a part of the link's own text. */
  void say(String part) {
    int room = address.length() + SLACK - text.length();
    text.append(part, 0, Math.max(0, Math.min(room, part.length())));
  }

  /** Returns the address in angle brackets after a space; empty if the text says it already. */
  String address() {
    boolean said = address.isEmpty() || bare(Characters.collapse(text)).equals(bare(address));
    return said ? "" : " <" + address + ">";
  }

  private static String bare(String address) {
    String lower = address.toLowerCase(Locale.ROOT);
    Matcher mail = MAIL.matcher(lower);
    Matcher other = BARE.matcher(lower);
    if (mail.matches()) {
      return mail.group(1);
    }
    return other.matches() ? other.group(1) : lower;
  }
}
