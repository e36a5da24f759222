package io.waybill.jobs.cli;

import io.waybill.mail.Address;
import io.waybill.mail.mime.ParsedMail;
import io.waybill.mail.mime.ReceivedAttachment;
import io.waybill.mail.template.HtmlText;
import java.io.PrintStream;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Prints a received message for a person, without what could steer a terminal. */
final class MailPrinter {
  private static final Pattern LINE = Pattern.compile("\r\n|\r|\n");

  private final PrintStream out;
  private final boolean asHtml;

  MailPrinter(PrintStream out, boolean asHtml) {
    this.out = out;
    this.asHtml = asHtml;
  }

  void print(ParsedMail mail) {
    field("From", addresses(mail.from()));
    field("To", addresses(mail.to()));
    field("Cc", addresses(mail.cc()));
    mail.date().ifPresent(date -> field("Date", date.toString()));
    field("Subject", mail.subject());
    mail.messageId().ifPresent(id -> field("Message-ID", id));
    out.println();
    LINE.splitAsStream(body(mail)).map(MailPrinter::printable).forEach(out::println);
    for (ReceivedAttachment each : mail.attachments()) {
      out.printf(
          "attached: %s  %s  %s%n",
          printable(each.name()), printable(each.contentType()), RunPrinter.size(each.sizeBytes()));
    }
    mail.defects()
        .forEach(each -> out.printf("defect: %s: %s%n", each.kind(), printable(each.detail())));
  }

  private String body(ParsedMail mail) {
    if (asHtml) {
      return mail.html().orElse("");
    }
    return mail.text()
        .filter(text -> !text.isBlank())
        .or(() -> mail.html().map(HtmlText::of))
        .orElse("");
  }

  private void field(String name, String value) {
    if (!value.isEmpty()) {
      out.println(name + ": " + printable(value));
    }
  }

  private static String addresses(List<Address> addresses) {
    return addresses.stream().map(Address::toString).collect(Collectors.joining(", "));
  }

  private static String printable(String text) {
    return Output.printable(text.replace("\t", "    "));
  }
}
