# METADATA
# title: Schedules are valid
# description: >-
#   The API server refuses a CronJob whose schedule is not a valid cron expression, or that names a time zone in it.
#    Write five fields or a macro such as @daily, and the zone in timeZone.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
# custom:
#   severity: high
#   controls:
#   - reliability/validity
package portcullis.validity.schedule

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	cron_job
	schedule := trim_space(input.spec.schedule)
	not has_zone(schedule)
	not valid(schedule)
	message := sprintf("CronJob %q has the schedule %q, which is not valid", [kubernetes.name, schedule])
}

deny contains message if {
	cron_job
	has_zone(input.spec.schedule)
	message := sprintf("CronJob %q names a time zone in its schedule; write it in timeZone", [kubernetes.name])
}

cron_job if {
	input.kind == "CronJob"
	startswith(input.apiVersion, "batch/")
}

has_zone(schedule) if contains(schedule, "TZ=")

valid(schedule) if regex.match(`^@(yearly|annually|monthly|weekly|daily|midnight|hourly|every \S+)$`, schedule)

valid(schedule) if {
	parts := regex.split(`\s+`, schedule)
	count(parts) == 5
	every i, part in parts {
		fits(part, fields[i])
	}
}

# The least and the greatest number of each field, and the names that it may use.
fields := [
	{"least": 0, "most": 59, "names": set()},
	{"least": 0, "most": 23, "names": set()},
	{"least": 1, "most": 31, "names": set()},
	{"least": 1, "most": 12, "names": {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
	{"least": 0, "most": 6, "names": {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
]

fits(part, field) if {
	every item in split(part, ",") {
		fits_one(item, field)
	}
}

fits_one(item, field) if {
	regex.match(`^[^/]+(/[1-9][0-9]*)?$`, item)
	span := split(item, "/")[0]
	is_span(span, field)
}

is_span(span, _) if span in {"*", "?"}

is_span(span, field) if {
	ends := split(span, "-")
	count(ends) <= 2
	every end in ends {
		is_value(end, field)
	}
	not runs_backwards(ends)
}

runs_backwards([first, last]) if to_number(first) > to_number(last)

is_value(text, field) if lower(text) in field.names

is_value(text, field) if {
	regex.match(`^[0-9]{1,2}$`, text)
	number := to_number(trim_left(text, "0")) # to_number refuses leading zeros
	number >= field.least
	number <= field.most
}

is_value(text, field) if {
	text in {"0", "00"}
	field.least == 0
}
