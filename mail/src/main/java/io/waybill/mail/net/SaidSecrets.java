package io.waybill.mail.net;

import io.waybill.mail.MailAccount;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Remembers what was said in a login, as a server may repeat it in its answer: whole or in part,
 * decoded or not.
 */
public final class SaidSecrets {
  private static final Pattern CONTROLS = Pattern.compile("\\p{Cntrl}");
  private static final String BEARER = "auth=Bearer ";

  private final MailAccount account;
  private final Set<String> secrets = new HashSet<>();

  /** Remembers for the login of this account; its user's name is no secret. */
  public SaidSecrets(MailAccount account) {
    this.account = account;
  }

  /** Remembers an answer of ours, as it was before it became base64. */
  public void remember(byte[] said) {
    secrets.add(Base64.getEncoder().encodeToString(said));
    for (String part : CONTROLS.split(new String(said, StandardCharsets.UTF_8), -1)) {
      boolean isName = account.user().filter(part::equals).isPresent() || part.startsWith("user=");
      if (!isName && !part.isEmpty()) {
        secrets.add(part.startsWith(BEARER) ? part.substring(BEARER.length()) : part);
      }
    }
  }

  /** Returns the server's text, or words in its place if it repeats a part of what was said. */
  public String hide(String text) {
    return ForeignText.repeats(text, secrets)
        ? "(the server's text repeats what was sent and is not shown)"
        : text;
  }
}
