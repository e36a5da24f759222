package io.waybill.jobs;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A way on which somebody hears of trouble. Immutable. */
public sealed interface AlertChannel {

  /** Returns the name by which rules refer to it. */
  String name();

  /**
   * A mail.
   *
   * @param via the connection of type smtp
   * @param from its author
   * @param to who gets it, at least one
   */
  record Mail(String name, String via, String from, List<String> to) implements AlertChannel {
    public Mail {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(via, "via");
      Objects.requireNonNull(from, "from");
      to = List.copyOf(to);
    }
  }

  /**
   * A request to a web server.
   *
   * @param address where it goes
   * @param form what is in it
   * @param headers by name, besides those that the form has
   * @param secretHeaders by name
   */
  record Webhook(
      String name,
      Address address,
      Form form,
      Map<String, String> headers,
      Map<String, Secret> secretHeaders)
      implements AlertChannel {
    public Webhook {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(address, "address");
      Objects.requireNonNull(form, "form");
      headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
      secretHeaders = Collections.unmodifiableMap(new LinkedHashMap<>(secretHeaders));
    }
  }

  /** Where a webhook is. */
  sealed interface Address {
    /** One that everybody may know. */
    record Plain(String url) implements Address {}

    /** One whose knowledge is the right to post. */
    record Hidden(Secret url) implements Address {}
  }

  /** What a webhook is sent. */
  sealed interface Form {
    /** What a chat service reads. */
    record Chat(Service service) implements Form {}

    /**
     * JSON for programs.
     *
     * @param template what makes it; {@code waybill.alert/1} if it is empty
     */
    record Generic(Optional<Path> template) implements Form {}
  }

  /** Chat services. */
  enum Service {
    SLACK,
    TEAMS,
    MATTERMOST
  }

  /**
   * A program that is started for each alert, which it reads from its standard input.
   *
   * @param command the program and its arguments, at least one
   * @param environment by name, besides what every program of a step gets
   * @param secretEnvironment by name
   * @param timeout how long it may take
   */
  record Command(
      String name,
      List<String> command,
      Map<String, String> environment,
      Map<String, Secret> secretEnvironment,
      Duration timeout)
      implements AlertChannel {
    public Command {
      Objects.requireNonNull(name, "name");
      command = List.copyOf(command);
      environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
      secretEnvironment = Collections.unmodifiableMap(new LinkedHashMap<>(secretEnvironment));
      Objects.requireNonNull(timeout, "timeout");
    }
  }
}
