// The page's embedded data: periods, members, metrics, charts, words and formats.

export const DATA = JSON.parse(document.getElementById('data').textContent);

/** The place of all time among the periods, and of the whole portfolio among the members. */
export const WHOLE = 0;

/** Periods, the newest of a length first; `start` and `end` are places in the list of days, null for all time. */
export const PERIODS = DATA.periods.map(([key, grain, label, start, end, isPartial, compared], place) => {
  return { place, key, grain, label, start, end, isPartial, compared };
});
export const MEMBERS = DATA.members.map(([dimension, id, name], place) => ({ place, dimension, id, name }));

const periodPlaces = new Map(PERIODS.map(({ key, place }) => [key, place]));
const memberPlaces = new Map(MEMBERS.map(({ dimension, id, place }) => [`${dimension}/${id}`, place]));

/** The place of a period by its key, undefined where there is none. */
export const periodAt = key => periodPlaces.get(key);
/** The place of a member by its dimension and id, undefined where there is none. */
export const memberAt = (dimension, id) => memberPlaces.get(`${dimension}/${id}`);

/** Does a period lie in another? */
export const isWithin = (inner, outer) => {
  const [one, whole] = [PERIODS[inner], PERIODS[outer]];
  if (whole.start === null) return true;
  return one.start !== null && one.start >= whole.start && one.end <= whole.end;
};

/** The ISO date of a place in the list of days. */
export const isoDay = place => (place === null ? '' : DATA.days[place][0]);
