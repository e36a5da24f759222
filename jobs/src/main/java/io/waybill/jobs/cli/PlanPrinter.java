package io.waybill.jobs.cli;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.daemon.JobFilePlan;
import io.waybill.jobs.daemon.JobFilePlan.Change;
import io.waybill.jobs.daemon.JobFilePlan.Kind;
import java.io.PrintStream;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Optional;

/** Prints what would be other, for a person: a line for each job that would. */
final class PlanPrinter {
  private PlanPrinter() {}

  static void print(JobFilePlan plan, Configuration next, PrintStream out) {
    int names =
        plan.jobs().stream()
            .filter(change -> change.kind() != Kind.UNCHANGED)
            .mapToInt(change -> change.job().length())
            .max()
            .orElse(0);
    for (Change change : plan.jobs()) {
      if (change.kind() != Kind.UNCHANGED) {
        ZoneId zone = next.job(change.job()).map(JobDefinition::zone).orElse(next.zone());
        out.println(
            "%s %s  %s"
                .formatted(
                    mark(change.kind()), JobPrinter.pad(change.job(), names), words(change, zone)));
        change.keys().forEach(key -> out.println("    " + Output.printable(key)));
      }
    }
    long same = plan.jobs().stream().filter(each -> each.kind() == Kind.UNCHANGED).count();
    out.println(same == 1 ? "1 job stays as it is" : same + " jobs stay as they are");
    if (!plan.others().isEmpty()) {
      out.println("for all runs that begin then: " + String.join(", ", plan.others()));
    }
    if (!plan.restart().isEmpty()) {
      out.println("only after a restart: " + String.join(", ", plan.restart()));
    }
    if (!plan.isByKeys()) {
      out.println("only a daemon knows which keys differ, and whether connections do");
    }
  }

  private static String mark(Kind kind) {
    return switch (kind) {
      case NEW -> "+";
      case CHANGED -> "~";
      case REMOVED -> "-";
      case UNCHANGED -> " ";
    };
  }

  private static String words(Change change, ZoneId zone) {
    return switch (change.kind()) {
      case NEW -> "new, next " + at(change.after(), zone);
      case REMOVED -> "is taken off, next would be " + at(change.before(), zone);
      default ->
          change.before().equals(change.after())
              ? "changes, next " + at(change.after(), zone) + " as before"
              : "changes, next %s instead of %s"
                  .formatted(at(change.after(), zone), at(change.before(), zone));
    };
  }

  private static String at(Optional<String> moment, ZoneId zone) {
    return moment
        .map(text -> OffsetDateTime.ofInstant(Instant.parse(text), zone).withNano(0))
        .map(Moments::local)
        .orElse("never");
  }
}
