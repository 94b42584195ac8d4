const two = (number) => `0${number}`.slice(-2);

/** A moment, seconds since 1970, in this phone's time zone. */
function moment(seconds) {
  const date = new Date(seconds * 1000);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

module.exports = { moment };
