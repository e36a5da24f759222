package io.waybill.jobs;

import io.waybill.scheduler.DayCalendar;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** What starts a job, besides its schedules and people. Immutable. */
public sealed interface Trigger {

  /**
   * Files arrive in a directory.
   *
   * @param directory a path of this machine, {@code connection:/path} or a URI
   * @param choice which files
   * @param finished when one is there as a whole
   * @param intake how often they are looked for, and how many a run gets
   * @param quiet when it is told that none came
   */
  record FilesArrive(
      String directory, FileChoice choice, Finished finished, Intake intake, Optional<Quiet> quiet)
      implements Trigger {
    public FilesArrive {
      Objects.requireNonNull(directory, "directory");
      Objects.requireNonNull(choice, "choice");
      Objects.requireNonNull(finished, "finished");
      Objects.requireNonNull(intake, "intake");
      Objects.requireNonNull(quiet, "quiet");
    }
  }

  /**
   * Mail arrives in a folder.
   *
   * @param folder which one
   * @param choice which messages
   * @param watching how they are noticed
   * @param intake how often they are looked for, and how many a run gets
   * @param quiet when it is told that none came
   */
  record MailArrives(
      Folder folder, MailChoice choice, Watching watching, Intake intake, Optional<Quiet> quiet)
      implements Trigger {
    public MailArrives {
      Objects.requireNonNull(folder, "folder");
      Objects.requireNonNull(choice, "choice");
      Objects.requireNonNull(watching, "watching");
      Objects.requireNonNull(intake, "intake");
      Objects.requireNonNull(quiet, "quiet");
    }
  }

  /**
   * A run of another job ends. No job starts itself, over others neither.
   *
   * @param job the other one's name
   * @param when which ends count, at least one
   */
  record JobEnds(String job, Set<Outcome> when) implements Trigger {
    public JobEnds {
      Objects.requireNonNull(job, "job");
      when = Set.copyOf(EnumSet.copyOf(when));
    }
  }

  /**
   * Which files of a directory.
   *
   * @param match their names; all if it is empty
   * @param exclude patterns of those that are left where they are
   * @param isRecursive whether directories below count, too
   * @param order in which they are handed over
   */
  record FileChoice(
      Optional<TextMatch> match, List<String> exclude, boolean isRecursive, Order order) {
    public FileChoice {
      Objects.requireNonNull(match, "match");
      exclude = List.copyOf(exclude);
      Objects.requireNonNull(order, "order");
    }
  }

  /** How files that are there at the same time are ordered. */
  enum Order {
    NAME,
    OLDEST
  }

  /**
   * When a file is there as a whole: one of the two says so, and at least one is given.
   *
   * @param settle how long it must stay as it is; zero counts at once
   * @param doneFile the name of the file beside it that says so, with {@code {name}} in it
   */
  record Finished(Optional<Duration> settle, Optional<String> doneFile) {
    public Finished {
      if (settle.isEmpty() && doneFile.isEmpty()) {
        throw new IllegalArgumentException("nothing says when a file is finished");
      }
    }
  }

  /**
   * A folder of mail.
   *
   * @param connection of type imap
   * @param name as the server has it, {@code INBOX}
   */
  record Folder(String connection, String name) {
    public Folder {
      Objects.requireNonNull(connection, "connection");
      Objects.requireNonNull(name, "name");
    }
  }

  /** Which messages of a folder: all that fit each condition that is given. */
  record MailChoice(
      Optional<TextMatch> subject,
      Optional<TextMatch> from,
      Optional<TextMatch> to,
      Optional<TextMatch> attachment) {
    public MailChoice {
      Objects.requireNonNull(subject, "subject");
      Objects.requireNonNull(from, "from");
      Objects.requireNonNull(to, "to");
      Objects.requireNonNull(attachment, "attachment");
    }
  }

  /**
   * How mail is noticed.
   *
   * @param isIdle whether the server is asked to tell of it; it is looked for all the same
   * @param start with which messages the first look begins
   */
  record Watching(boolean isIdle, Start start) {
    public Watching {
      Objects.requireNonNull(start, "start");
    }
  }

  /** Where the first look at a folder begins. */
  enum Start {
    /** With what arrives from then on. */
    NOW,
    /** With what nobody has read, and what arrives from then on. */
    UNSEEN,
    ALL
  }

  /**
   * How items are taken in.
   *
   * @param pollEvery the longest time between two looks
   * @param batch how many one run gets, at most
   * @param quarantineAfter after how many failed runs an item is left alone
   */
  record Intake(Duration pollEvery, int batch, int quarantineAfter) {
    public Intake {
      Objects.requireNonNull(pollEvery, "pollEvery");
    }
  }

  /**
   * When it is told that nothing arrives.
   *
   * @param alertAfter how long nothing may arrive, counting days that count only
   * @param during which days count; all if it is empty
   */
  record Quiet(Duration alertAfter, Optional<DayCalendar> during) {
    public Quiet {
      Objects.requireNonNull(alertAfter, "alertAfter");
      Objects.requireNonNull(during, "during");
    }
  }

  /** How a run has ended; one that was cancelled or skipped starts nothing. */
  enum Outcome {
    SUCCESS,
    /** Some items were done and others not. */
    PARTIAL,
    /** It has failed, took too long, or nobody knows. */
    FAILURE
  }
}
