package io.waybill.mail.dkim;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Makes messages that are allowed, but odd; one character is one byte. */
final class OddMessages {
  private final Random random;

  OddMessages(Random random) {
    this.random = random;
  }

  /** A message whose header is ASCII, or has UTF-8 in it (RFC 6532). */
  String next(boolean utf8) {
    List<String> fields = new ArrayList<>();
    fields.add(name("From") + blanks() + words(utf8) + "<ops@example.org>");
    for (String name :
        List.of(
            "To",
            "Cc",
            "Reply-To",
            "Subject",
            "Date",
            "Message-ID",
            "MIME-Version",
            "Content-Type",
            "Content-Transfer-Encoding",
            "In-Reply-To",
            "References",
            "Auto-Submitted",
            "X-Other",
            "Sender")) {
      if (random.nextInt(4) > 0) {
        fields.add(name(name) + blanks() + words(utf8));
      }
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      fields.add(name(random.nextBoolean() ? "List-Unsubscribe" : "List-Id") + words(utf8));
    }
    if (random.nextInt(3) == 0) {
      fields.add(name("Subject") + words(utf8)); // repeated
    }
    if (random.nextInt(5) == 0) {
      fields.add("X-Empty:");
    }
    Collections.shuffle(fields, random);
    return String.join("\r\n", fields) + "\r\n\r\n" + body();
  }

  private String name(String name) {
    String written =
        switch (random.nextInt(4)) {
          case 0 -> name.toUpperCase(Locale.ROOT);
          case 1 -> name.toLowerCase(Locale.ROOT);
          default -> name;
        };
    return written + ":";
  }

  private String words(boolean utf8) {
    StringBuilder text = new StringBuilder();
    for (int i = 1 + random.nextInt(random.nextInt(10) == 0 ? 200 : 8); i > 0; i--) {
      text.append(blanks());
      if (random.nextInt(5) == 0) {
        text.append("\r\n").append(random.nextBoolean() ? ' ' : '\t').append(blanks());
      }
      for (int c = 1 + random.nextInt(9); c > 0; c--) {
        text.append((char) ('!' + random.nextInt('~' - '!' + 1)));
      }
      if (utf8) {
        text.append(new String("Größe \u65e5\u672c \u0130".getBytes(UTF_8), ISO_8859_1));
      }
    }
    return text.append(blanks()).toString();
  }

  private String blanks() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(3); i > 0; i--) {
      text.append(random.nextInt(3) == 0 ? '\t' : ' ');
    }
    return text.toString();
  }

  private String body() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(3) == 0 ? 0 : random.nextInt(60); i > 0; i--) {
      switch (random.nextInt(6)) {
        case 0 -> text.append("\r\n");
        case 1 -> text.append(blanks()).append("\r\n");
        case 2 -> text.append(blanks()).append(eightBit()).append("\r\n");
        case 3 -> text.append("x".repeat(random.nextInt(3000))).append("\r\n");
        default -> text.append(blanks()).append("two").append(blanks()).append("words");
      }
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      text.append(blanks()).append("\r\n");
    }
    return text.toString();
  }

  private String eightBit() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(40); i > 0; i--) {
      text.append((char) (128 + random.nextInt(128)));
    }
    return text.toString();
  }
}
