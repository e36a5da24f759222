package io.waybill.mail.template;

import io.waybill.mail.MailException;
import java.util.List;

/**
 * Describes one tag of a template that asks for a value.
 *
 * @param place what errors call the line it stands on
 * @param name as written, such as {@code steps.pull.files}
 * @param section whether it opens a section, and so wants something to decide on or to repeat for
 */
record Tag(String place, String name, boolean section) {
  /** The name of the value that a section stands at. */
  static final String ITSELF = ".";

  /** Returns the parts of the name between its dots. */
  List<String> path() {
    return List.of(name.split("\\.", -1));
  }

  /** Returns the failure of this tag for lack of a value. */
  MailException.InvalidMessage missing(String why) {
    return new MailException.InvalidMessage(place, -1, "needs '" + name + "', " + why);
  }
}
