package io.waybill.transfer.trace;

import io.waybill.transfer.WireTap.Direction;
import io.waybill.transfer.WireTap.Tapped;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Hides secrets in the commands of a line protocol before another tap is told: FTP, SMTP, POP3 and
 * IMAP. This end is the client.
 *
 * <p>Bytes are held back until their line is whole, so it does not matter how they are split. What
 * is hidden appears as {@code *}, byte for byte, and as {@code ***} in the line: what follows
 * {@code PASS}, {@code ACCT}, {@code ADAT}, {@code APOP}, and IMAP's {@code LOGIN}. After {@code
 * AUTH} or {@code AUTHENTICATE}, and after IMAP's {@code LOGIN}, all that the client says is hidden
 * up to the server's final answer. While something is hidden, the server's words are hidden too,
 * except for the status in front, as it may repeat what it was told. A line of more than 8 KiB is
 * content: its bytes are told as they are unless something is being hidden, and its text is its
 * length.
 *
 * <p>Not for what is encrypted; what follows STARTTLS, taken out of TLS, is a dialogue of its own.
 * Thread-safe.
 */
public final class DialogueTap implements Tapped {
  private static final int MAX_LINE = 8192;
  private static final Pattern SECRET =
      Pattern.compile(
          "\\s*(?:(?:PASS|ACCT|ADAT|APOP)(?=\\s|$)|AUTH(?=\\s|$)(?: +[A-Z0-9_-]{1,20}(?=\\s|$))?) ?",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern IMAP_SECRET =
      Pattern.compile(
          "\\s*(\\S+) +(?:LOGIN(?=\\s|$)|AUTHENTICATE(?=\\s|$)(?: +[A-Z0-9_-]{1,20}(?=\\s|$))?) ?",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern STATUS = Pattern.compile("[0-9]{3}(?:[ -]|\\s*$)|\\+OK|-ERR");
  private static final Pattern NOT_FINAL = Pattern.compile("1[0-9]{2}|334|354|[0-9]{3}-");

  private final Tapped next;
  private final boolean imap;
  private final byte[] sent = new byte[MAX_LINE];
  private final byte[] received = new byte[MAX_LINE];
  private int sentLength;
  private int receivedLength;
  private boolean hiding;
  private boolean sentGoesOn;
  private boolean sentGoesOnHidden;
  private boolean receivedGoesOn;
  private boolean receivedGoesOnHidden;
  private boolean begun;
  private int unanswered; // commands without a final answer yet
  private String tag = "";

  private DialogueTap(Tapped next, boolean imap) {
    this.next = next;
    this.imap = imap;
  }

  /** Listens to FTP, SMTP or POP3 and tells {@code next}. */
  public static DialogueTap plain(Tapped next) {
    return new DialogueTap(next, false);
  }

  /** Listens to IMAP and tells {@code next}. */
  public static DialogueTap imap(Tapped next) {
    return new DialogueTap(next, true);
  }

  @Override
  public synchronized void sent(ByteBuffer... bytes) {
    for (ByteBuffer part : bytes) {
      ByteBuffer rest = part.duplicate();
      while (rest.hasRemaining()) {
        byte b = rest.get();
        sent[sentLength++] = b;
        if (b == '\n' || sentLength == MAX_LINE) {
          clientLine(b == '\n');
        }
      }
    }
  }

  @Override
  public synchronized void received(ByteBuffer bytes) {
    ByteBuffer rest = bytes.duplicate();
    while (rest.hasRemaining()) {
      byte b = rest.get();
      received[receivedLength++] = b;
      if (b == '\n' || receivedLength == MAX_LINE) {
        serverLine(b == '\n');
      }
    }
  }

  @Override
  public synchronized void line(Direction direction, String text) {
    next.line(direction, text);
  }

  @Override
  public synchronized void closed(String reason) {
    if (sentLength > 0) {
      // half a line may be half a password
      Arrays.fill(sent, 0, sentLength, (byte) '*');
      flushSent("***", sentLength);
    }
    if (receivedLength > 0) {
      serverLine(true);
    }
    next.closed(reason);
  }

  private void clientLine(boolean ended) {
    begun = true; // without a greeting, as where a dialogue goes on under TLS
    String text = text(sent, sentLength);
    boolean whole = ended && !sentGoesOn;
    if (hiding || sentGoesOnHidden) {
      sentGoesOnHidden = !ended;
      hide(sent, 0, text.length());
      flushSent("***", sentLength);
    } else if (sentGoesOn) {
      flushSent("<" + sentLength + " bytes>", sentLength);
    } else {
      unanswered++;
      Matcher secret = (imap ? IMAP_SECRET : SECRET).matcher(text);
      if (secret.lookingAt()) {
        tag = imap ? secret.group(1) : "";
        hiding = true;
        sentGoesOnHidden = !ended;
        hide(sent, secret.end(), text.length());
        flushSent(text.substring(0, secret.end()) + "***", sentLength);
      } else {
        flushSent(whole ? text : "<" + sentLength + " bytes>", sentLength);
      }
    }
    sentGoesOn = !ended;
  }

  private void flushSent(String line, int length) {
    next.sent(ByteBuffer.wrap(Arrays.copyOf(sent, length)));
    next.line(Direction.SENT, line);
    sentLength = 0;
  }

  private void serverLine(boolean ended) {
    if (!begun) {
      begun = true;
      unanswered++; // the greeting answers what nobody asked
    }
    String text = text(received, receivedLength);
    boolean hidden = receivedGoesOn ? receivedGoesOnHidden : hiding;
    String line = ended && !receivedGoesOn ? text : "<" + receivedLength + " bytes>";
    if (hidden) {
      int shown = receivedGoesOn ? 0 : status(text);
      hide(received, shown, text.length());
      line = text.substring(0, shown) + "***";
    }
    if (!receivedGoesOn && isFinal(text)) {
      unanswered = Math.max(0, unanswered - 1);
      hiding = hiding && !imap && unanswered > 0;
    }
    receivedGoesOn = !ended;
    receivedGoesOnHidden = hidden;
    next.received(ByteBuffer.wrap(Arrays.copyOf(received, receivedLength)));
    next.line(Direction.RECEIVED, line);
    receivedLength = 0;
  }

  private int status(String text) {
    if (imap) {
      for (String result : new String[] {" OK", " NO", " BAD"}) {
        if (text.startsWith(tag + result)) {
          return tag.length() + result.length();
        }
      }
      return 0;
    }
    Matcher status = STATUS.matcher(text);
    return status.lookingAt() ? status.end() : 0;
  }

  private boolean isFinal(String text) {
    return imap
        ? !tag.isEmpty() && text.startsWith(tag + " ")
        : STATUS.matcher(text).lookingAt() && !NOT_FINAL.matcher(text).lookingAt();
  }

  /** Reads a line without its end; one character for each byte, so that positions agree. */
  private static String text(byte[] bytes, int length) {
    int end = length;
    while (end > 0 && (bytes[end - 1] == '\n' || bytes[end - 1] == '\r')) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
  }

  private static void hide(byte[] bytes, int from, int to) {
    Arrays.fill(bytes, from, Math.max(from, to), (byte) '*');
  }
}
