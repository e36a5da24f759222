package io.waybill.jobs.step;

import io.waybill.jobs.ArgumentMistake;
import io.waybill.jobs.Arguments;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.ValueType.Scalar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The keys of {@code mail.send}. */
final class SendMailKeys {
  /** The word that asks servers never to report; it stands alone. */
  static final String NEVER = "never";

  private static final ValueType ADDRESSES = new ValueType.ListOf(Scalar.ADDRESS);

  static final List<Key> ALL =
      List.of(
          Key.required("via", Scalar.CONNECTION, "The smtp connection.").withExample("outgoing"),
          Key.optional("from", Scalar.ADDRESS, "The author; else the connection's \"from\"."),
          Key.optional("reply-to", ADDRESSES, "Where answers go; to the author if not given."),
          Key.required("to", ADDRESSES, "Recipients."),
          Key.optional("cc", ADDRESSES, "Recipients of a copy."),
          Key.optional("bcc", ADDRESSES, "Recipients that nobody sees."),
          Key.required("subject", Scalar.TEXT, "One line.")
              .withExample("\"Statements ${run.date}\""),
          Key.optional("text", Scalar.TEXT, "The body as plain text.")
              .withExample("\"All files were verified.\""),
          Key.optional(
                  "html",
                  Scalar.TEXT,
                  "The body as HTML; its text is made from it if none is given.")
              .withExample("\"<p>All files were verified.</p>\""),
          Key.optional(
              "template",
              Scalar.FILE,
              "The body from a Mustache template, .html or .txt, as seen from the job file; it can"
                  + " name all that expressions can. Images that it names beside it go along."),
          Key.optional(
                  "data",
                  new ValueType.MapOf(new ValueType.Anything()),
                  "More values for the template, by name.")
              .withExample("{ quarter: Q1 }"),
          Key.optional(
                  "inline",
                  new ValueType.MapOf(Scalar.FILE),
                  "Files that the HTML shows as cid:NAME, as seen from the job file.")
              .withExample("{ seal: templates/seal.png }"),
          Key.optional(
                  "attach",
                  new ValueType.ListOf(Scalar.LOCATION),
                  "Files of this machine to attach.")
              .withExample("/srv/waybill/in/orders.csv"),
          Key.optional(
                  "calendar",
                  Scalar.FILE,
                  "An iCalendar file that makes the message an invitation, or an answer to one, as"
                      + " seen from the job file.")
              .withExample("invitation.ics"),
          Key.optional("headers", new ValueType.MapOf(Scalar.TEXT), "More header fields, by name.")
              .withExample("{ X-Team: treasury }"),
          Key.optional(
              "sign",
              new ValueType.Group(
                  List.of(
                      Key.required(
                              "file",
                              Scalar.FILE,
                              "A PKCS #12 file with the key and its certificates, as seen from the"
                                  + " job file.")
                          .withExample("keys/robot.p12"),
                      Key.secret("password", "The file's password; it must be there."))),
              "Signs the content with S/MIME, before DKIM; the certificate should name the"
                  + " author."),
          Key.optional(
              "priority",
              new ValueType.OneOf(List.of("high", "normal", "low")),
              "normal",
              "How urgent it is."),
          Key.optional(
              "auto-submitted",
              new ValueType.OneOf(List.of("auto-generated", "auto-replied", "no")),
              "auto-generated",
              "Tells other programs that no person wrote it, so that none answers; auto-replied"
                  + " goes out from the null sender."),
          Key.optional(
              "envelope-from", Scalar.ADDRESS, "Where bounces go; to the author if not given."),
          Key.optional(
              "null-sender", Scalar.BOOLEAN, "false", "Whether no bounces are wanted at all."),
          Key.optional(
              "dsn",
              new ValueType.ListOf(
                  new ValueType.OneOf(List.of("success", "failure", "delay", NEVER))),
              "What servers are asked to report; never stands alone."),
          Key.optional(
                  "dedupe",
                  Scalar.TEXT,
                  "At most one message is sent for a key, over all runs; else one for this step of"
                      + " this run.")
              .withExample("\"${job.name}/${run.date}\""),
          Key.optional(
              "wait",
              new ValueType.OneOf(List.of("accepted", "queued")),
              "accepted",
              "How long the step stays with it: until a server took it, or until it is in the"
                  + " outbox."),
          Key.optional(
              "expire",
              Scalar.DURATION,
              "How long it is tried, at most 5d; as daemon.outbox says if not given."));

  private SendMailKeys() {}

  /**
   * Checks that arguments do not contradict one another.
   *
   * @throws JobException.Configuration if they do
   */
  static Arguments requireFitting(Arguments arguments) {
    List<ArgumentMistake> mistakes = new ArrayList<>();
    contradictions(arguments.asMap().keySet())
        .forEach((key, why) -> mistakes.add(new ArgumentMistake(List.of(key), why)));
    if (!mistakes.isEmpty()) {
      throw new JobException.Configuration(mistakes, null);
    }
    return arguments;
  }

  /** Returns which of the keys given contradict one another, each with the reason. */
  static Map<String, String> contradictions(Set<String> given) {
    Map<String, String> found = new LinkedHashMap<>();
    boolean isTemplate = given.contains("template");
    for (String body : List.of("text", "html")) {
      if (isTemplate && given.contains(body)) {
        found.put(body, "\"template\" is the body, and so is \"" + body + "\"; leave one out");
      }
    }
    if (given.contains("data") && !isTemplate) {
      found.put("data", "\"data\" is for a \"template\", and there is none");
    }
    if (given.contains("inline") && !isTemplate && !given.contains("html")) {
      found.put("inline", "\"inline\" is shown in HTML: write \"html\" or a \"template\", too");
    }
    return found;
  }
}
