/** The main job on throw-away servers, for a newcomer to see. */
@NullMarked
package io.waybill.jobs.demo;

import org.jspecify.annotations.NullMarked;
