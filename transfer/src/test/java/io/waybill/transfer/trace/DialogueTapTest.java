package io.waybill.transfer.trace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.transfer.WireTap.Direction;
import io.waybill.transfer.WireTap.Tapped;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DialogueTapTest {
  private static final String[] SMTP = {
    "S220 hi\r\n",
    "CEHLO a\r\n",
    "S250-a\r\n250 AUTH PLAIN\r\n",
    "CAUTH PLAIN Hunter2\r\n",
    "S535 no Hunter2\r\n",
    "Cauth login\r\n",
    "S334 VXNlcg==\r\n",
    "CHunter2\r\n",
    "S334 again\r\n",
    "CHunter2\r\n",
    "S235 ok\r\n",
    "CNOOP\r\n",
    "S250 fine\r\n"
  };
  private static final String[] FTP = {
    "S220 hi\r\n", "CUSER ann\r\n", "S331 go on\r\n", "CPASS Hunter2 x\r\n",
    "S530-Hunter2\r\nHunter2\r\n530 Hunter2\r\n", "CAUTH TLS\r\n", "S500 no\r\n", "CNOOP\r\n",
    "S200 fine\r\n"
  };
  private static final String[] POP3 = {
    "S+OK hi\r\n",
    "CUSER ann\r\n",
    "S+OK\r\n",
    "CPASS Hunter2\r\n",
    "S-ERR Hunter2\r\n",
    "CAPOP ann Hunter2\r\n",
    "S+OK\r\n",
    "CNOOP\r\n",
    "S+OK fine\r\n"
  };
  private static final String[] IMAP = {
    "S* OK hi\r\n",
    "Ca1 LOGIN ann \"Hunter2\"\r\n",
    "Sa1 NO Hunter2\r\n",
    "Ca2 LOGIN {3}\r\n",
    "S+ go\r\n",
    "Cann {7}\r\n",
    "S+ go\r\n",
    "CHunter2\r\n",
    "S* BAD Hunter2\r\na2 OK in\r\n",
    "Ca3 AUTHENTICATE PLAIN\r\n",
    "S+\r\n",
    "CHunter2\r\n",
    "Sa3 OK in\r\n",
    "CNOOP\r\n",
    "S* OK fine\r\n"
  };

  @Test
  void secretsAreHiddenWhereverTheBytesAreSplit() {
    for (String[] dialogue : new String[][] {SMTP, FTP, POP3, IMAP}) {
      List<String> whole = run(dialogue, dialogue == IMAP, 9999);
      for (int piece = 1; piece < 24; piece++) {
        List<String> told = run(dialogue, dialogue == IMAP, piece);
        assertThat(told).isEqualTo(whole);
        assertThat(String.join("", told)).doesNotContain("Hunter2").contains("NOOP", "fine");
      }
    }
  }

  @Test
  void aDialogueThatGoesOnUnderTlsHasNoGreeting() {
    String[] secured = Arrays.copyOfRange(SMTP, 1, SMTP.length);
    String told = String.join("", run(secured, false, 9999));
    assertThat(told).doesNotContain("Hunter2").contains("NOOP", "fine");
  }

  @Test
  void whatIsNotSecretIsToldAsItWas() {
    assertThat(run(SMTP, false, 3))
        .contains(
            "SENT AUTH PLAIN ***",
            "SENT auth login***",
            "SENT ***",
            "RECEIVED 535 ***",
            "RECEIVED 250 fine",
            "bytes AUTH PLAIN *******\r\n");
    assertThat(run(IMAP, true, 3)).contains("SENT a1 LOGIN ***", "RECEIVED a1 NO***");
  }

  @Test
  void earlyAnswersDoNotUncoverWhatFollows() {
    String longSecret = "Hunter2".repeat(3000);
    List<String> told =
        run(
            new String[] {
              "S220 hi\r\n",
              "CEHLO a\r\n",
              "CAUTH PLAIN\r\n",
              "S250 a\r\n",
              "CHunter2\r\n",
              "S235 ok\r\n",
              "CPASS " + longSecret,
              "S500 no\r\n",
              "C" + longSecret + "\r\n",
              "CNOOP Hunt"
            },
            false,
            100);
    assertThat(String.join("", told)).doesNotContain("Hunter").doesNotContain("Hunt");
  }

  private static List<String> run(String[] dialogue, boolean imap, int piece) {
    List<String> told = new ArrayList<>();
    Tapped notes = new Notes(told);
    DialogueTap tap = imap ? DialogueTap.imap(notes) : DialogueTap.plain(notes);
    for (String turn : dialogue) {
      byte[] bytes = turn.substring(1).getBytes(ISO_8859_1);
      for (int at = 0; at < bytes.length; at += piece) {
        ByteBuffer part = ByteBuffer.wrap(bytes, at, Math.min(piece, bytes.length - at));
        if (turn.charAt(0) == 'C') {
          tap.sent(part);
        } else {
          tap.received(part);
        }
      }
    }
    tap.closed("end");
    return told;
  }

  private static final class Notes implements Tapped {
    private final List<String> told;

    Notes(List<String> told) {
      this.told = told;
    }

    @Override
    public void sent(ByteBuffer... bytes) {
      for (ByteBuffer part : bytes) {
        received(part);
      }
    }

    @Override
    public void received(ByteBuffer bytes) {
      told.add("bytes " + ISO_8859_1.decode(bytes.duplicate()));
    }

    @Override
    public void line(Direction direction, String text) {
      told.add(direction + " " + text);
    }

    @Override
    public void closed(String reason) {
      told.add(reason);
    }
  }
}
