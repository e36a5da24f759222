package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.json.MailForm;
import io.waybill.mail.mime.MimeLimits;
import io.waybill.mail.mime.MimeReader;
import io.waybill.mail.mime.ParsedMail;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill mail parse FILE}: what is made of a message's bytes. */
@Command(
    name = "parse",
    description =
        "Shows what is made of a message in a file (.eml), however broken it is: headers, text, parts, attachments, and what is wrong with it.")
@SuppressWarnings("NullAway.Init") // picocli sets the field
final class MailParseCommand extends Verb {
  @Parameters(paramLabel = "FILE", description = "The message; - is standard input.")
  private String file;

  @Option(names = "--html", description = "Show the HTML instead of the text.")
  private boolean html;

  @Override
  ExitCode execute() throws IOException {
    try (InputStream in = open();
        ParsedMail mail = MimeReader.read(in, MimeLimits.defaults())) {
      output()
          .result(
              MailForm.SCHEMA, MailForm.whole(mail), out -> new MailPrinter(out, html).print(mail));
    }
    return ExitCode.OK;
  }

  private InputStream open() throws IOException {
    if (file.equals("-")) {
      return System.in;
    }
    Path path = Path.of(file);
    if (!Files.isRegularFile(path)) {
      throw new JobException.NotFound("there is no file " + file);
    }
    return new BufferedInputStream(Files.newInputStream(path));
  }
}
